extension ProcessorState {
    /// Translates a linear address by the guest's own page tables, without side effects and without permission checks.
    ///
    /// - Parameter readTable: gives the little-endian table entry of the given width at an address, or nil where no memory is.
    /// - Returns: the physical address, or nil where a table says not present or is missing.
    public func translate(
        _ address: GuestVirtualAddress,
        readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?
    ) -> GuestPhysicalAddress? {
        var translated: GuestPhysicalAddress?
        walk(address, readTable: readTable) { translated = $0.target }
        return translated
    }

    /// One step of a page-table walk.
    public struct PageTableStep: Hashable, Sendable {
        /// The table's level: 5 to 1 (1 is the table whose entries map 4 KiB pages).
        public var level: Int
        /// Where the entry lies.
        public var entryAddress: GuestPhysicalAddress
        /// The entry.
        public var entry: UInt64
        /// The physical address of the linear address that is walked, if this entry maps it.
        public var target: GuestPhysicalAddress?
    }

    /// Walks the guest's page tables to a linear address (Intel SDM vol. 3, chapter 5), a step per table.
    ///
    /// With paging off there is one step, of level 0, with no entry.
    public func walk(
        _ address: GuestVirtualAddress,
        readTable: (GuestPhysicalAddress, AccessSize) -> UInt64?,
        visit: (PageTableStep) -> Void
    ) {
        guard control.cr0 & ControlBit.paging != 0 else {
            let linear =
                control.efer & ControlBit.longModeActive != 0 ? address.rawValue : address.rawValue & 0xFFFF_FFFF
            let target = GuestPhysicalAddress(linear)
            return visit(PageTableStep(level: 0, entryAddress: target, entry: 0, target: target))
        }
        let scheme = PagingScheme(control)
        var table = control.cr3 & scheme.rootMask
        for level in stride(from: scheme.levels, through: 1, by: -1) {
            let shift = scheme.shift(ofLevel: level)
            let index = address.rawValue >> UInt64(shift) & scheme.indexMask(ofLevel: level)
            let entryAddress = GuestPhysicalAddress(table + index * UInt64(scheme.entrySize.rawValue))
            guard let entry = readTable(entryAddress, scheme.entrySize) else { return }
            var step = PageTableStep(level: level, entryAddress: entryAddress, entry: entry)
            let present = entry & 1 != 0
            let isLeaf = level == 1 || (entry & 1 << 7 != 0 && scheme.allowsLargePage(atLevel: level))
            if present, isLeaf {
                let offsetMask = (UInt64(1) << UInt64(shift)) - 1
                let frame = scheme.frame(of: entry, level: level) & ~offsetMask
                step.target = GuestPhysicalAddress(frame | address.rawValue & offsetMask)
            }
            visit(step)
            guard present, !isLeaf else { return }
            table = scheme.frame(of: entry, level: level) & ~0xFFF
        }
    }
}

/// One of the four paging modes as numbers.
private struct PagingScheme {
    let levels: Int
    let entrySize: AccessSize
    private let isPAE32: Bool
    private let largePages32: Bool

    init(_ control: ProcessorState.ControlRegisters) {
        let longMode = control.efer & ControlBit.longModeActive != 0
        let physicalExtension = control.cr4 & ControlBit.physicalAddressExtension != 0
        if longMode {
            levels = control.cr4 & ControlBit.fiveLevelPaging != 0 ? 5 : 4
        } else {
            levels = physicalExtension ? 3 : 2
        }
        entrySize = longMode || physicalExtension ? .quadword : .doubleword
        isPAE32 = !longMode && physicalExtension
        largePages32 = control.cr4 & ControlBit.pageSizeExtensions != 0
    }

    var rootMask: UInt64 { isPAE32 ? 0xFFFF_FFE0 : entrySize == .doubleword ? 0xFFFF_F000 : 0x000F_FFFF_FFFF_F000 }

    func shift(ofLevel level: Int) -> Int {
        12 + (level - 1) * (entrySize == .quadword ? 9 : 10)
    }

    func indexMask(ofLevel level: Int) -> UInt64 {
        entrySize == .doubleword ? 0x3FF : isPAE32 && level == 3 ? 3 : 0x1FF
    }

    func allowsLargePage(atLevel level: Int) -> Bool {
        if entrySize == .doubleword { return largePages32 }
        return level == 2 || (level == 3 && !isPAE32)
    }

    func frame(of entry: UInt64, level: Int) -> UInt64 {
        guard entrySize == .doubleword else { return entry & 0x000F_FFFF_FFFF_F000 }
        // A 4 MiB page keeps bits 32 to 39 of its address in bits 13 to 20 (PSE-36).
        let isLarge = level == 2 && largePages32 && entry & 1 << 7 != 0
        return isLarge ? entry & 0xFFC0_0000 | (entry >> 13 & 0xFF) << 32 : entry & 0xFFFF_F000
    }
}
