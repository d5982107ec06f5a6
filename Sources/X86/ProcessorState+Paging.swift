extension ProcessorState {
    /// Translates a linear address by the guest's own page tables, without side effects and without permission checks.
    ///
    /// - Parameter readTable: gives the little-endian table entry of the given width at an address, or nil if there is no memory.
    /// - Returns: the physical address, or nil if an entry is not present or a table is missing.
    public func translate(
        _ address: GuestVirtualAddress,
        readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?
    ) -> GuestPhysicalAddress? {
        var translated: GuestPhysicalAddress?
        walk(address, readTable: readTable) { translated = $0.target }
        return translated
    }

    /// Whether an address is valid in this mode: in long mode, it must be canonical.
    public func canTranslate(_ address: GuestVirtualAddress) -> Bool { PagingScheme(control).canTranslate(address) }

    /// One step of a page-table walk.
    public struct PageTableStep: Hashable, Sendable {
        /// The table's level: 5 to 1 (1 is the table whose entries map 4 KiB pages).
        public var level: Int
        /// Where the entry is.
        public var entryAddress: GuestPhysicalAddress
        /// The entry.
        public var entry: UInt64
        /// The physical address that the walked linear address has, if this entry maps it.
        public var target: GuestPhysicalAddress?
    }

    /// Walks the guest's page tables to a linear address (Intel SDM vol. 3, chapter 5), one step per table.
    ///
    /// With paging off there is one step, of level 0 and without an entry. An address that is not canonical has no
    /// step.
    public func walk(
        _ address: GuestVirtualAddress,
        readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?,
        visit: (PageTableStep) -> Void
    ) {
        guard control.cr0 & ControlBit.paging != 0 else {
            let linear =
                control.efer & ControlBit.longModeActive != 0 ? address.rawValue : address.rawValue & 0xFFFF_FFFF
            let target = physical(linear)
            return visit(PageTableStep(level: 0, entryAddress: target, entry: 0, target: target))
        }
        let scheme = PagingScheme(control)
        guard scheme.canTranslate(address) else { return }
        var table = control.cr3 & scheme.rootMask
        for level in stride(from: scheme.levels, through: 1, by: -1) {
            let shift = scheme.shift(ofLevel: level)
            let index = address.rawValue >> UInt64(shift) & scheme.indexMask(ofLevel: level)
            let entryAddress = physical(table + index * UInt64(scheme.entrySize.rawValue))
            guard let entry = readTable(entryAddress, scheme.entrySize) else { return }
            var step = PageTableStep(level: level, entryAddress: entryAddress, entry: entry)
            let present = entry & 1 != 0
            let isLeaf = scheme.isLeaf(entry, level: level)
            if present, isLeaf {
                let offsetMask = (UInt64(1) << UInt64(shift)) - 1
                let frame = scheme.frame(of: entry, level: level) & ~offsetMask
                step.target = physical(frame | address.rawValue & offsetMask)
            }
            visit(step)
            guard present, !isLeaf else { return }
            table = scheme.frame(of: entry, level: level) & ~0xFFF
        }
    }

    /// Visits the present entries of one page table, lowest first: each with its index and address.
    func forEachPresentEntry(
        of table: UInt64,
        level: Int,
        _ scheme: PagingScheme,
        _ readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?,
        visit: (_ index: UInt64, _ address: GuestPhysicalAddress, _ entry: UInt64) -> Void
    ) {
        for index in 0...scheme.indexMask(ofLevel: level) {
            let address = physical(table + index * UInt64(scheme.entrySize.rawValue))
            // A table is either all in memory or not at all.
            guard let entry = readTable(address, scheme.entrySize) else { return }
            if entry & 1 != 0 { visit(index, address, entry) }
        }
    }
}
