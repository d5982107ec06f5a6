internal import Engine
internal import GuestMemory
internal import X86

/// CMPXCHG16B at ring 0 of 64-bit mode (Intel SDM vol. 2): compares 16 bytes of memory with RDX:RAX and replaces one of the two.
struct CompareExchange {
    /// The state after it, or on entry to a handler.
    let state: ProcessorState
    /// What it has written: page-table entries that had to be marked as used, then the operand.
    let writes: [MemoryWrite]

    /// Nil if the processor would raise a page fault, or if the operand is not in memory that the guest can write.
    ///
    /// - Parameters:
    ///   - before: the state before the instruction.
    ///   - after: the same with RIP after it.
    ///   - linear: the operand's address.
    init?(_ before: ProcessorState, _ after: ProcessorState, at linear: GuestVirtualAddress, _ memory: GuestMemory) {
        // Data breakpoints are left to the processor.
        guard before.debug.control & Bit.enabledBreakpoints == 0 else { return nil }
        var after = after
        guard linear.rawValue % UInt64(Self.byteCount) == 0 else {
            (after.rip, after.pending.exception) = (before.rip, .generalProtection(0 as UInt32))
            (state, writes) = (after, [])
            return
        }
        guard let access = SupervisorWrite(to: linear, count: Self.byteCount, before, memory),
            let old = try? memory.read(at: access.target, count: Self.byteCount)
        else { return nil }
        let expected = Self.bytes(low: before[.rax], high: before[.rdx])
        let isEqual = old == expected
        if isEqual {
            after.rflags |= Bit.zero
        } else {
            after.rflags &= ~Bit.zero
            after[.rax] = old[..<8].littleEndianNumber
            after[.rdx] = old[8...].littleEndianNumber
        }
        // The operand is written in either case, so its page is dirty even if it keeps its value.
        let new = isEqual ? Self.bytes(low: before[.rbx], high: before[.rcx]) : old
        state = after
        writes = access.marks + [MemoryWrite(address: access.target, bytes: new)]
    }

    private static let byteCount = 16

    private static func bytes(low: UInt64, high: UInt64) -> [UInt8] {
        [low, high].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private enum Bit {
        static let zero: UInt64 = 1 << 6
        /// DR7: L0 to G3.
        static let enabledBreakpoints: UInt64 = 0xFF
    }
}

/// Bytes that an instruction has written.
struct MemoryWrite: Hashable {
    var address: GuestPhysicalAddress
    var bytes: [UInt8]

    init(address: GuestPhysicalAddress, bytes: some Sequence<UInt8>) {
        self.address = address
        self.bytes = Array(bytes)
    }
}
