internal import X86

/// IRET with 32-bit operands, in protected mode, to code of the same privilege (Intel SDM vol. 2, IRET): the only way in which
/// a 32-bit kernel without user programs uses it.
struct InterruptReturn {
    /// The state behind it.
    let state: ProcessorState

    /// Nil where the processor would do anything else: switch tasks or privilege, enter another mode, raise a fault.
    init?(_ before: ProcessorState, _ memory: GuestMemory) {
        guard before.mode == .protected32, before.control.efer & Bit.longModeActive == 0,
            before.rflags & (Bit.nestedTask | Bit.trap) == 0, let frame = Self.frame(before, memory)
        else { return nil }
        let selector = UInt16(truncatingIfNeeded: frame.code)
        guard frame.flags & Bit.virtual8086 == 0, let code = Self.codeSegment(selector, before, memory),
            frame.pointer <= code.limit
        else { return nil }
        var after = before
        after.pending.exception = nil
        after.pending.interruptShadow = []
        after.pending.nmiMasked = false
        after.rip = UInt64(frame.pointer)
        after.segments.cs = code
        // At ring 0, everything but VM (clear above), VIF and VIP comes from the stack.
        let kept = Bit.virtualInterrupts
        after.rflags = before.rflags & kept | UInt64(frame.flags) & Bit.loaded | 2
        let pointer = before[.rsp] &+ 12
        after[.rsp] = pointer & 0xFFFF_FFFF
        state = after
    }

    /// EIP, CS and EFLAGS on a flat 32-bit stack.
    private static func frame(
        _ state: ProcessorState,
        _ memory: GuestMemory
    ) -> (pointer: UInt32, code: UInt32, flags: UInt64)? {
        let stack = state.segments.ss
        guard stack.limit == .max, stack.accessRights & Bit.bigStack != 0, state[.rsp] <= 0xFFFF_FFF4 else {
            return nil
        }
        let address = GuestVirtualAddress((stack.base &+ state[.rsp]) & 0xFFFF_FFFF)
        let words = memory.read(address, count: 12, in: state)
        guard words.count == 12 else { return nil }
        func word(_ index: Int) -> UInt32 {
            words[index * 4..<index * 4 + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        return (word(0), word(1), UInt64(word(2)))
    }

    /// The 32-bit code segment of a selector in the global table: present, privilege 0, already marked as used.
    private static func codeSegment(
        _ selector: UInt16,
        _ state: ProcessorState,
        _ memory: GuestMemory
    ) -> ProcessorState.Segment? {
        let isGlobalAtRing0 = selector & 7 == 0 && selector != 0
        guard isGlobalAtRing0, UInt32(selector) + 7 <= UInt32(state.gdt.limit) else { return nil }
        let bytes = memory.read(GuestVirtualAddress(state.gdt.base &+ UInt64(selector)), count: 8, in: state)
        guard bytes.count == 8 else { return nil }
        let rights = UInt32(bytes[5]) | UInt32(bytes[6] & 0xF0) << 8
        // Present, privilege 0, code, accessed; the low two of the type's other bits are for any.
        guard rights & 0xF9 == 0x99, rights & Bit.bigStack != 0, rights & Bit.longCode == 0 else { return nil }
        let base = UInt64(bytes[2]) | UInt64(bytes[3]) << 8 | UInt64(bytes[4]) << 16 | UInt64(bytes[7]) << 24
        let raw = UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[6] & 0xF) << 16
        let limit = rights & Bit.pageGranular != 0 ? raw << 12 | 0xFFF : raw
        return ProcessorState.Segment(base: base, limit: limit, selector: selector, accessRights: rights)
    }

    private enum Bit {
        static let trap: UInt64 = 1 << 8
        static let nestedTask: UInt64 = 1 << 14
        static let virtual8086: UInt64 = 1 << 17
        static let virtualInterrupts: UInt64 = 1 << 19 | 1 << 20
        /// CF, PF, AF, ZF, SF, TF, IF, DF, OF, IOPL, NT, RF, AC, ID.
        static let loaded: UInt64 = 0x0025_7FD5
        static let longModeActive: UInt64 = 1 << 10
        static let longCode: UInt32 = 1 << 13
        static let bigStack: UInt32 = 1 << 14
        static let pageGranular: UInt32 = 1 << 15
    }
}
