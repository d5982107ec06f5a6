/// An access that no translation may cover: to a device, across pages, to watched memory or to code.
///
/// Its bytes are brought into ``buffer``, one entry of the translation buffer leads there, and a copy of the operation is
/// executed with ``missFinish`` behind it, which puts written bytes where they belong.
struct Bounce {
    var isActive = false
    /// The address as the operation forms it, and as it is.
    var formed: UInt64 = 0
    var linear: UInt64 = 0
    var size = 0
    var access: UInt8 = 0
    /// Physical addresses of both parts, and the bytes in the first.
    var first: UInt64 = 0
    var second: UInt64 = 0
    var firstCount = 0
    /// Address of the operation in its block.
    var origin: UInt = 0
    /// Bytes of the guest's that are written to a device and not yet reported, from ``reported`` on.
    var isReporting = false
    var reported = 0
    var buffer = InlineArray<72, UInt64>(repeating: 0)
    var operation: OperationRecord
    var finish: OperationRecord
}

/// What to do where an access found no translation.
private enum MissOutcome {
    case retry, bounce, next, leave
}

/// Where an access finds no translation: enters one, or makes the access in another way.
let missHandler: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    switch resolveMiss(cpu, operation) {
    case .retry: perform(cpu, operation)
    case .bounce: perform(cpu, cpu.bouncedOperation)
    case .next: next(cpu, operation)
    case .leave: return
    }
}

@inline(never)
private func resolveMiss(_ cpu: CPU, _ operation: Operation) -> MissOutcome {
    do {
        let record = operation.record
        let formed = cpu.linearAddress(operation)
        let writes = record.access & Access.write != 0
        let isStack = record.access & Access.stack != 0
        let use = writes ? cpu.ordinaryUse.union(.write) : cpu.ordinaryUse
        let size = Int(record.accessSize)
        let linear = try cpu.checked(formed, size: size, use, stack: isStack)
        if linear == formed, try cpu.fill(linear, size: size, write: writes) { return .retry }
        if record.access & Access.leaves != 0 { return .next }
        try cpu.beginBounce(operation, formed: formed, linear: linear, use)
        return .bounce
    } catch {
        raise(cpu, operation, error)
        return .leave
    }
}

extension CPU {
    /// The copy of the operation whose access is made through the buffer.
    var bouncedOperation: Operation {
        let offset = MemoryLayout<ProcessorRegisters>.offset(of: \.bounce.operation)!
        return Operation(address + UInt(offset))
    }

    private var bufferAddress: UInt { address + UInt(MemoryLayout<ProcessorRegisters>.offset(of: \.bounce.buffer)!) }

    /// Brings the bytes of an access into the buffer and lets one entry lead there.
    fileprivate func beginBounce(
        _ operation: Operation,
        formed: UInt64,
        linear: UInt64,
        _ use: PageUse
    ) throws(Fault) {
        let size = Int(operation.record.accessSize)
        let room = Int(4096 - linear & 0xFFF)
        let first = try translate(linear, use).physical
        var second: UInt64 = 0
        if size > room {
            // An environment of x87 consists of parts.
            let isOfParts = size > 10 && size & (size - 1) != 0
            let endsFirst = isOfParts && room >= size & -size && has(.environmentsFaultAtEnd)
            let skipped = endsFirst ? size - room - 1 : 0
            let following = (linear &+ UInt64(room + skipped)) & linearMask
            second = try translate(following, use).physical &- UInt64(skipped)
        }
        state.bounce.first = first
        state.bounce.second = second
        state.bounce.firstCount = min(size, room)
        state.bounce.size = size
        state.bounce.access = operation.record.access
        state.bounce.formed = formed
        state.bounce.linear = linear
        state.bounce.origin = operation.address
        try checkWatch(first, linear: linear, size: min(size, room), use)
        if size > room { try checkWatch(second, linear: linear &+ UInt64(room), size: size - room, use) }
        if operation.record.access & Access.read != 0 {
            try forEachPart { physical, offset, count throws(Fault) in
                setBufferBytes(offset, count, try readPhysical(physical, size: count))
            }
        }
        state.bounce.operation = operation.record
        state.bounce.finish = OperationRecord(handler: finishHandler)
        state.bounce.isActive = true
        let entry = translation(of: formed)
        let tag = (formed &+ UInt64(size - 1)).page
        // SAFETY: translation(of:) gives an entry of a buffer; the buffer is within the registers, which stay in place.
        unsafe entry.pointer.pointee.become(
            Translation(readTag: tag, writeTag: tag, addend: bufferAddress &- UInt(formed))
        )
    }

    /// Removes the entry that leads to the buffer.
    func endBounce() {
        guard state.bounce.isActive else { return }
        state.bounce.isActive = false
        // SAFETY: translation(of:) gives an entry of a buffer.
        unsafe translation(of: state.bounce.formed).pointer.pointee.become(Translation())
    }

    /// Calls for each stretch of at most 8 bytes that lies in one page: physical address, offset in the access, bytes.
    fileprivate func forEachPart(_ body: (UInt64, Int, Int) throws(Fault) -> Void) throws(Fault) {
        var offset = 0
        while offset < state.bounce.size {
            let inFirst = offset < state.bounce.firstCount
            let end = inFirst ? state.bounce.firstCount : state.bounce.size
            // A device is told of up to 8 bytes at once, as many as are in one page.
            let count = min(8, end - offset)
            let base =
                inFirst
                ? state.bounce.first &+ UInt64(offset)
                : state.bounce.second &+ UInt64(offset - state.bounce.firstCount)
            try body(base, offset, count)
            offset += count
        }
    }

    private func setBufferBytes(_ offset: Int, _ count: Int, _ value: UInt64) {
        for index in 0..<count {
            // SAFETY: offsets are below the access's size, which the buffer holds.
            unsafe UnsafeMutablePointer<UInt8>(bitPattern: bufferAddress).unsafelyUnwrapped[offset + index] =
                UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    fileprivate func bufferBytes(_ offset: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count {
            // SAFETY: as in setBufferBytes.
            let byte = unsafe UnsafePointer<UInt8>(bitPattern: bufferAddress).unsafelyUnwrapped[offset + index]
            value |= UInt64(byte) << UInt64(8 * index)
        }
        return value
    }

    /// Puts what was written into memory, and what is for devices into line; whether there is any of the latter.
    fileprivate func writeBack() -> Bool {
        var forDevices = false
        try? forEachPart { physical, offset, count throws(Fault) in
            let masked = physicalAddress(physical)
            guard let page = hostPage(masked), !page.isReadOnly else {
                forDevices = true
                return
            }
            try writePhysical(masked, size: count, bufferBytes(offset, count))
        }
        return forDevices
    }

    /// The next write to a device that is to be reported, if one is left.
    func nextReport() -> PendingExit? {
        guard state.bounce.isReporting else { return nil }
        var found: PendingExit?
        try? forEachPart { physical, offset, count throws(Fault) in
            let masked = physicalAddress(physical)
            guard found == nil, offset >= state.bounce.reported else { return }
            if let page = hostPage(masked), !page.isReadOnly { return }
            found = PendingExit(
                kind: .memoryWrite,
                size: UInt8(count),
                address: physical,
                value: bufferBytes(offset, count)
            )
            state.bounce.reported = offset + count
        }
        if found == nil { state.bounce.isReporting = false }
        return found
    }
}

/// Ends an access through the buffer, and goes on behind the operation that made it.
private let finishHandler: Handler = { state, _ in
    let cpu = CPU(state)
    cpu.endBounce()
    let origin = Operation(cpu.state.bounce.origin)
    if cpu.state.bounce.access & Access.write != 0 {
        if cpu.writeBack() {
            cpu.state.bounce.isReporting = true
            cpu.state.bounce.reported = 0
            return leaveBehind(cpu, origin)
        }
        if cpu.state.codeChanged { return leaveBehind(cpu, origin) }
    }
    next(cpu, origin)
}
