/// One of the four paging modes as numbers.
struct PagingScheme {
    let levels: Int
    let entrySize: AccessSize
    private let isLong: Bool
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
        isLong = longMode
        isPAE32 = !longMode && physicalExtension
        largePages32 = control.cr4 & ControlBit.pageSizeExtensions != 0
    }

    var rootMask: UInt64 { isPAE32 ? 0xFFFF_FFE0 : entrySize == .doubleword ? 0xFFFF_F000 : 0x000F_FFFF_FFFF_F000 }

    /// Whether an address can be walked: in long mode, it must be canonical.
    func canTranslate(_ address: GuestVirtualAddress) -> Bool { canonical(address.rawValue) == address.rawValue }

    /// The address with its unused bits as long mode wants them: copies of the highest used bit.
    func canonical(_ address: UInt64) -> UInt64 {
        guard isLong else { return address }
        let unused = 64 - shift(ofLevel: levels + 1)
        return UInt64(bitPattern: (Int64(bitPattern: address) << unused) >> unused)
    }

    func shift(ofLevel level: Int) -> Int {
        12 + (level - 1) * (entrySize == .quadword ? 9 : 10)
    }

    func indexMask(ofLevel level: Int) -> UInt64 {
        entrySize == .doubleword ? 0x3FF : isPAE32 && level == 3 ? 3 : 0x1FF
    }

    /// Whether a present entry maps a page instead of naming the next table.
    func isLeaf(_ entry: UInt64, level: Int) -> Bool {
        level == 1 || (entry & 1 << 7 != 0 && allowsLargePage(atLevel: level))
    }

    /// Whether the processor sets bit 5 of a present entry when it uses it: not in the four page-directory pointers of PAE
    /// paging, where it is reserved (Intel SDM vol. 3, table 5-8).
    func hasAccessedBit(atLevel level: Int) -> Bool { !(isPAE32 && level == 3) }

    private func allowsLargePage(atLevel level: Int) -> Bool {
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
