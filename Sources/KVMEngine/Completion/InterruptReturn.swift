internal import Engine
internal import GuestMemory
internal import X86

/// IRET with 32-bit operands, in protected mode, to code of the same privilege (Intel SDM vol. 2, IRET). A 32-bit
/// kernel without user programs uses it in no other way.
struct InterruptReturn {
    /// The state after it, or on entry to the handler of the fault that it raises.
    let state: ProcessorState

    /// Nil if the processor would do anything else: switch tasks or privilege, enter another mode, raise a page fault.
    init?(_ before: ProcessorState, _ memory: GuestMemory) {
        guard before.mode == .protected32, before.control.efer & Bit.longModeActive == 0,
            before.rflags & (Bit.nestedTask | Bit.trap) == 0
        else { return nil }
        var after = before
        after.pending.exception = nil
        after.pending.interruptShadow = []
        let words = [0, 4, 8].compactMap { before.stackWord(at: $0, size: 4) }
        guard words.count == 3 else {
            after.pending.exception = .stackFault
            state = after
            return
        }
        let frame = words.compactMap { Self.word(at: $0, before, memory) }
        guard frame.count == 3, frame[2] & Bit.virtual8086 == 0 else { return nil }
        let selector = UInt16(truncatingIfNeeded: frame[1])
        switch Self.codeSegment(selector, before, memory) {
        case .fault(let exception): after.pending.exception = exception
        case .segment(let code) where frame[0] > code.limit:
            after.pending.exception = .generalProtection(0 as UInt32)
        case .segment(let code):
            after.pending.nmiMasked = false
            after.rip = frame[0]
            after.segments.cs = code
            // At ring 0, everything except VM (clear above), VIF and VIP comes from the stack.
            after.rflags = before.rflags & Bit.virtualInterrupts | frame[2] & Bit.loaded | 2
            let mask = before.stackAddressMask
            after[.rsp] = before[.rsp] & ~mask | (before[.rsp] &+ 12) & mask
        case nil: return nil
        }
        state = after
    }

    private static func word(
        at address: GuestVirtualAddress,
        _ state: ProcessorState,
        _ memory: GuestMemory
    ) -> UInt64? {
        let bytes = memory.read(address, count: 4, in: state)
        return bytes.count == 4 ? bytes.littleEndianNumber : nil
    }

    private enum Target {
        case segment(ProcessorState.Segment)
        case fault(ProcessorState.PendingEvents.Exception)
    }

    /// The 32-bit code segment of a selector, already marked as used; nil for any other that the processor would load.
    private static func codeSegment(
        _ selector: UInt16,
        _ state: ProcessorState,
        _ memory: GuestMemory
    ) -> Target? {
        guard selector & ~3 != 0 else { return .fault(.generalProtection(0 as UInt32)) }
        let descriptor: SegmentDescriptor
        switch SegmentDescriptor.look(up: selector, state, memory) {
        case .found(let found): descriptor = found
        case .outside: return .fault(.generalProtection(selector))
        case .unreadable: return nil
        }
        let requested = Int(selector & 3)
        let isAllowed = descriptor.isConforming ? descriptor.privilege <= requested : descriptor.privilege == requested
        guard descriptor.isCode, isAllowed else { return .fault(.generalProtection(selector)) }
        guard descriptor.isPresent else { return .fault(.notPresent(selector)) }
        guard requested == 0, descriptor.isAccessed, descriptor.isBig else { return nil }
        return .segment(descriptor.segment(selector))
    }

    private enum Bit {
        static let trap: UInt64 = 1 << 8
        static let nestedTask: UInt64 = 1 << 14
        static let virtual8086: UInt64 = 1 << 17
        static let virtualInterrupts: UInt64 = 1 << 19 | 1 << 20
        /// CF, PF, AF, ZF, SF, TF, IF, DF, OF, IOPL, NT, RF, AC, ID.
        static let loaded: UInt64 = 0x0025_7FD5
        static let longModeActive: UInt64 = 1 << 10
    }
}
