internal import Engine
internal import GuestMemory
internal import X86

/// A write by ring 0 to a linear address that the guest's paging allows (Intel SDM vol. 3, 4.6 and 4.8).
struct SupervisorWrite {
    /// The physical address.
    let target: GuestPhysicalAddress
    /// The page-table entries on the way that must be marked as used.
    let marks: [MemoryWrite]

    /// Nil if the processor would raise a page fault, if protection keys decide, or if the guest can write no memory
    /// there.
    ///
    /// - Parameter count: how many bytes, all of them in one page.
    init?(to linear: GuestVirtualAddress, count: Int, _ state: ProcessorState, _ memory: GuestMemory) {
        var steps: [ProcessorState.PageTableStep] = []
        state.walk(linear, readTable: memory.tableEntry) { steps.append($0) }
        guard let last = steps.last, let target = last.target, memory.isWritable(target, count: count) else {
            return nil
        }
        self.target = target
        guard last.level > 0 else {
            marks = []
            return
        }
        let isReadOnly = steps.contains { $0.entry & Bit.writable == 0 }
        guard !isReadOnly || state.control.cr0 & Bit.writeProtect == 0 else { return nil }
        let isUsers = steps.allSatisfy { $0.entry & Bit.user != 0 }
        let isAllowed = state.rflags & Bit.alignmentCheck != 0
        let isPrevented = state.control.cr4 & Bit.supervisorAccessPrevention != 0 && !isAllowed
        let hasKeys = state.control.cr4 & (isUsers ? Bit.userKeys : Bit.supervisorKeys) != 0
        guard !(isUsers && isPrevented), !hasKeys else { return nil }
        marks = steps.compactMap { step in
            let marked = step.entry | Bit.accessed | (step.level == last.level ? Bit.dirty : 0)
            guard marked != step.entry else { return nil }
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: marked >> (8 * $0)) }
            return MemoryWrite(address: step.entryAddress, bytes: bytes)
        }
    }

    private enum Bit {
        static let alignmentCheck: UInt64 = 1 << 18
        static let writeProtect: UInt64 = 1 << 16
        static let supervisorAccessPrevention: UInt64 = 1 << 21
        static let userKeys: UInt64 = 1 << 22
        static let supervisorKeys: UInt64 = 1 << 24
        /// In a page-table entry.
        static let writable: UInt64 = 1 << 1
        static let user: UInt64 = 1 << 2
        static let accessed: UInt64 = 1 << 5
        static let dirty: UInt64 = 1 << 6
    }
}
