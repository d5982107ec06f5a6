internal import Engine
internal import GuestMemory
internal import X86

/// What INT n, INT3 and INTO at ring 0 lead to (Intel SDM vol. 2, INT n; vol. 3, 6.12 to 6.14): their handler, or a
/// fault.
///
/// The host enters handlers. But not every host's KVM first checks all that a processor checks, and of those that do,
/// some do not say in the fault that the instruction must be tried again.
struct SoftwareInterrupt {
    /// The fault that the instruction raises; nil if its handler is entered.
    let fault: ProcessorState.PendingEvents.Exception?

    /// Nil if the processor would do more than this: switch tasks, raise a page fault. Nil too if the handler's frame has words of
    /// 16 bits in protected mode, for hosts push wider ones.
    init?(vector: UInt8, _ state: ProcessorState, _ memory: GuestMemory) {
        do throws(Obstacle) {
            try Check(state: state, memory: memory).vector(vector)
            fault = nil
        } catch {
            guard case .fault(let exception) = error else { return nil }
            fault = exception
        }
    }
}

/// Why no handler is entered.
private enum Obstacle: Error {
    case fault(ProcessorState.PendingEvents.Exception)
    case unsupported
}

/// What the processor checks before it enters a handler, in its order.
private struct Check {
    let state: ProcessorState
    let memory: GuestMemory

    func vector(_ vector: UInt8) throws(Obstacle) {
        guard state.mode != .real else { return try realModeVector(vector) }
        let size: UInt32 = state.isLongModeActive ? 16 : 8
        // Bit 1 of an error code says that it refers to a gate.
        let code = UInt32(vector) << 3 | 2
        let offset = UInt32(vector) * size
        guard offset + size - 1 <= UInt32(state.idt.limit) else { throw .fault(.generalProtection(code)) }
        let gate = Gate(try bytes(at: state.systemAddress(state.idt.base, offset), Int(size)))
        guard gate.exists(inLongMode: state.isLongModeActive), gate.privilege >= state.privilegeLevel else {
            throw .fault(.generalProtection(code))
        }
        guard gate.isPresent else { throw .fault(.notPresent(code)) }
        if gate.isTask { try task(gate.selector) }
        let target = try handlerSegment(gate.selector)
        if state.isLongModeActive {
            try longStack(of: gate)
            guard isCanonical(gate.offset) else { throw .fault(.generalProtection(0 as UInt32)) }
        } else {
            try stack(ofWords: gate.isWide ? 4 : 2)
            guard gate.offset <= UInt64(target.limit) else { throw .fault(.generalProtection(0 as UInt32)) }
            guard gate.isWide else { throw .unsupported }
        }
    }

    /// Vectors of four bytes; faults have no error code.
    private func realModeVector(_ vector: UInt8) throws(Obstacle) {
        guard UInt32(vector) * 4 + 3 <= UInt32(state.idt.limit) else { throw .fault(.init(vector: 13)) }
        do throws(Obstacle) { try stack(ofWords: 2) } catch {
            guard case .fault(let exception) = error else { throw error }
            throw .fault(.init(vector: exception.vector))
        }
    }

    /// The faults before a task switch; the switch itself is left to the host.
    private func task(_ selector: UInt16) throws(Obstacle) {
        guard selector & 4 == 0 else { throw .fault(.generalProtection(selector)) }
        let task = try descriptor(selector)
        guard task.isAvailableTask else { throw .fault(.generalProtection(selector)) }
        guard task.isPresent else { throw .fault(.notPresent(selector)) }
        throw .unsupported
    }

    /// The segment of a handler at ring 0.
    private func handlerSegment(_ selector: UInt16) throws(Obstacle) -> SegmentDescriptor {
        guard selector & ~3 != 0 else { throw .fault(.generalProtection(0 as UInt32)) }
        let target = try descriptor(selector)
        guard target.isCode, target.privilege <= state.privilegeLevel, !state.isLongModeActive || target.isLong else {
            throw .fault(.generalProtection(selector))
        }
        guard target.isPresent else { throw .fault(.notPresent(selector)) }
        return target
    }

    private func descriptor(_ selector: UInt16) throws(Obstacle) -> SegmentDescriptor {
        switch SegmentDescriptor.look(up: selector, state, memory) {
        case .found(let descriptor): return descriptor
        case .outside: throw .fault(.generalProtection(selector))
        case .unreadable: throw .unsupported
        }
    }

    /// Room for flags, CS and instruction pointer.
    private func stack(ofWords size: UInt64) throws(Obstacle) {
        for count in 1...3 as ClosedRange<Int64> {
            guard let word = state.stackWord(at: -count * Int64(size), size: size) else { throw .fault(.stackFault) }
            try writable(word, size)
        }
    }

    /// The same, plus SS and the stack pointer, on the present stack or one from the task state segment.
    private func longStack(of gate: Gate) throws(Obstacle) {
        var top = state[.rsp]
        if gate.stackNumber != 0 {
            let task = state.segments.tr
            let offset = UInt32(gate.stackNumber) * 8 + 28
            guard offset + 7 <= task.limit else {
                throw .fault(.init(vector: 10, errorCode: UInt32(task.selector & ~3)))
            }
            top = try bytes(at: state.systemAddress(task.base, offset), 8).littleEndianNumber
        }
        top &= ~0xF
        for count in 1...5 as ClosedRange<UInt64> {
            let word = top &- 8 * count
            guard isCanonical(word) else { throw .fault(.stackFault) }
            try writable(GuestVirtualAddress(word), 8)
        }
    }

    private func writable(_ address: GuestVirtualAddress, _ size: UInt64) throws(Obstacle) {
        for byte in [address.rawValue, address.rawValue &+ (size - 1)] {
            guard SupervisorWrite(to: GuestVirtualAddress(byte), count: 1, state, memory) != nil else {
                throw .unsupported
            }
        }
    }

    private func bytes(at address: GuestVirtualAddress, _ count: Int) throws(Obstacle) -> [UInt8] {
        let bytes = memory.read(address, count: count, in: state)
        guard bytes.count == count else { throw .unsupported }
        return bytes
    }

    private func isCanonical(_ address: UInt64) -> Bool { state.canTranslate(GuestVirtualAddress(address)) }
}

/// An entry of the interrupt descriptor table.
private struct Gate {
    let selector: UInt16
    let offset: UInt64
    let isWide: Bool
    let isTask: Bool
    let isPresent: Bool
    let privilege: Int
    /// The number of the handler's own stack; 0 if it has none.
    let stackNumber: UInt8
    private let type: UInt8

    /// - Parameter bytes: 8, or 16 in long mode.
    init(_ bytes: [UInt8]) {
        selector = UInt16(truncatingIfNeeded: bytes[2..<4].littleEndianNumber)
        type = bytes[5] & 0x1F
        isTask = type == 5
        isWide = type & 8 != 0
        isPresent = bytes[5] & 0x80 != 0
        privilege = Int(bytes[5] >> 5 & 3)
        stackNumber = bytes[4] & 7
        let middle = isWide ? bytes[6..<8].littleEndianNumber << 16 : 0
        offset = bytes[0..<2].littleEndianNumber | middle | bytes[8...].prefix(4).littleEndianNumber << 32
    }

    /// Whether the gate is valid: an interrupt or trap gate of 16 or 32 bits, or a task gate. Long mode has only the
    /// wide ones.
    func exists(inLongMode isLong: Bool) -> Bool { (isLong ? [14, 15] : [5, 6, 7, 14, 15]).contains(type) }
}

extension Collection<UInt8> {
    /// The number that these bytes encode, lowest first. Bytes beyond the eighth are lost.
    var littleEndianNumber: UInt64 {
        var number: UInt64 = 0
        for (index, byte) in enumerated() { number |= UInt64(byte) << (8 * UInt64(index)) }
        return number
    }
}
