internal import X86

/// CMPXCHG16B at ring 0 of 64-bit mode (Intel SDM vol. 2): compares 16 bytes of memory with RDX:RAX and replaces one of the two.
struct CompareExchange {
    /// The state behind it, or about to enter a handler.
    let state: ProcessorState
    /// What it has written: page-table entries that were not marked as used, then the operand.
    let writes: [MemoryWrite]

    /// Nil where the processor would raise a page fault, or the operand is no memory that the guest can write.
    ///
    /// - Parameters:
    ///   - before: the state before the instruction.
    ///   - after: the same with RIP behind it.
    ///   - linear: where the operand is.
    init?(_ before: ProcessorState, _ after: ProcessorState, at linear: GuestVirtualAddress, _ memory: GuestMemory) {
        // Breakpoints on data are the processor's own business.
        guard before.debug.control & Bit.enabledBreakpoints == 0 else { return nil }
        var after = after
        guard linear.rawValue % UInt64(Self.byteCount) == 0 else {
            (after.rip, after.pending.exception) = (before.rip, .init(vector: 13, errorCode: 0))
            (state, writes) = (after, [])
            return
        }
        guard let access = Self.writableOperand(linear, before, memory),
            let old = try? memory.read(at: access.operand, count: Self.byteCount)
        else { return nil }
        let expected = Self.bytes(low: before[.rax], high: before[.rdx])
        let isEqual = old == expected
        if isEqual {
            after.rflags |= Bit.zero
        } else {
            after.rflags &= ~Bit.zero
            after[.rax] = Self.number(old[..<8])
            after[.rdx] = Self.number(old[8...])
        }
        // The operand is written in either case: it is dirty also where it keeps its value.
        let new = isEqual ? Self.bytes(low: before[.rbx], high: before[.rcx]) : old
        state = after
        writes = access.marks + [MemoryWrite(address: access.operand, bytes: new)]
    }

    private static let byteCount = 16

    /// Where a writable operand is, and the page-table entries that are to be marked (Intel SDM vol. 3, 4.6 and 4.8).
    private static func writableOperand(
        _ linear: GuestVirtualAddress,
        _ state: ProcessorState,
        _ memory: GuestMemory
    ) -> (operand: GuestPhysicalAddress, marks: [MemoryWrite])? {
        var steps: [ProcessorState.PageTableStep] = []
        state.walk(linear, readTable: memory.tableEntry) { steps.append($0) }
        guard let last = steps.last, let operand = last.target, last.level > 0,
            memory.isWritable(operand, count: byteCount)
        else { return nil }
        let isReadOnly = steps.contains { $0.entry & Bit.writable == 0 }
        guard !isReadOnly || state.control.cr0 & Bit.writeProtect == 0 else { return nil }
        let isUsers = steps.allSatisfy { $0.entry & Bit.user != 0 }
        let isAllowed = state.rflags & Bit.alignmentCheck != 0
        let isPrevented = state.control.cr4 & Bit.supervisorAccessPrevention != 0 && !isAllowed
        let hasKeys = state.control.cr4 & (isUsers ? Bit.userKeys : Bit.supervisorKeys) != 0
        guard !(isUsers && isPrevented), !hasKeys else { return nil }
        let marks = steps.compactMap { step -> MemoryWrite? in
            let marked = step.entry | Bit.accessed | (step.level == last.level ? Bit.dirty : 0)
            guard marked != step.entry else { return nil }
            return MemoryWrite(address: step.entryAddress, bytes: bytes(low: marked, high: 0).dropLast(8))
        }
        return (operand, marks)
    }

    private static func bytes(low: UInt64, high: UInt64) -> [UInt8] {
        [low, high].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private enum Bit {
        static let zero: UInt64 = 1 << 6
        static let alignmentCheck: UInt64 = 1 << 18
        static let writeProtect: UInt64 = 1 << 16
        static let supervisorAccessPrevention: UInt64 = 1 << 21
        static let userKeys: UInt64 = 1 << 22
        static let supervisorKeys: UInt64 = 1 << 24
        /// DR7: L0 to G3.
        static let enabledBreakpoints: UInt64 = 0xFF
        /// In a page-table entry.
        static let writable: UInt64 = 1 << 1
        static let user: UInt64 = 1 << 2
        static let accessed: UInt64 = 1 << 5
        static let dirty: UInt64 = 1 << 6
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
