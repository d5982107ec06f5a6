/// What an access wants of a page.
struct PageUse: OptionSet {
    var rawValue: UInt8

    static let write = Self(rawValue: 1)
    static let execute = Self(rawValue: 2)
    /// At privilege level 3.
    static let user = Self(rawValue: 4)
    /// By the processor itself, as a descriptor table's: SMAP holds whatever AC is.
    static let implicit = Self(rawValue: 8)
}

/// What a walk of the page tables found.
struct PageMapping {
    /// Guest-physical address of what was asked for.
    var physical: UInt64
    /// Stores are allowed to the present user or supervisor.
    var allowsWrite: Bool
    /// The page has been written before: a store need not set the dirty bit.
    var isDirty: Bool
    /// Privilege level 3 may use the page.
    var isUser: Bool
}

extension CPU {
    /// Translates a linear address, setting accessed and dirty bits (Intel SDM vol. 3, chapter 5).
    func translate(_ linear: UInt64, _ use: PageUse) throws(Fault) -> PageMapping {
        guard state.cr0 & CR0.paging != 0 else {
            let address = state.efer & EFER.longModeActive == 0 ? linear & 0xFFFF_FFFF : linear
            return PageMapping(physical: address, allowsWrite: true, isDirty: true, isUser: true)
        }
        let wide = state.cr4 & CR4.physicalExtension != 0 || state.efer & EFER.longModeActive != 0
        return wide ? try walkWide(linear, use) : try walkNarrow(linear & 0xFFFF_FFFF, use)
    }

    /// Paging with entries of 32 bits.
    private func walkNarrow(_ linear: UInt64, _ use: PageUse) throws(Fault) -> PageMapping {
        let directoryAddress = state.cr3 & 0xFFFF_F000 | (linear >> 22) << 2
        let directory = tableEntry(directoryAddress, size: 4, PageRecord.upperTable)
        guard directory & 1 != 0 else { throw pageFault(linear, use, present: false) }
        if directory & 0x80 != 0, state.cr4 & CR4.pageSize != 0 {
            guard directory & (1 << 21) == 0 else { throw pageFault(linear, use, present: true, reserved: true) }
            let mapping = try check(linear, use, rights: directory, noExecute: false)
            try mark(directoryAddress, directory, size: 4, leaf: true, use)
            let frame = directory & 0xFFC0_0000 | (directory >> 13 & 0xFF) << 32
            return finish(mapping, frame | linear & 0x3F_FFFF, directory, use)
        }
        let tableAddress = directory & 0xFFFF_F000 | (linear >> 12 & 0x3FF) << 2
        let entry = tableEntry(tableAddress, size: 4, PageRecord.lastTable)
        guard entry & 1 != 0 else {
            try mark(directoryAddress, directory, size: 4, leaf: false, use)
            throw pageFault(linear, use, present: false)
        }
        let mapping = try check(linear, use, rights: directory & entry, noExecute: false)
        try mark(directoryAddress, directory, size: 4, leaf: false, use)
        try mark(tableAddress, entry, size: 4, leaf: true, use)
        return finish(mapping, entry & 0xFFFF_F000 | linear & 0xFFF, entry, use)
    }

    /// Paging with entries of 64 bits: PAE, and four or five levels.
    private func walkWide(_ linear: UInt64, _ use: PageUse) throws(Fault) -> PageMapping {
        let isLong = state.efer & EFER.longModeActive != 0
        let reservedAddress = 0x000F_FFFF_FFFF_FFFF & (UInt64.max << UInt64(around.configuration.physicalAddressBits))
        let executeDisable = state.efer & EFER.noExecute != 0
        var level = isLong ? (state.cr4 & CR4.fiveLevels != 0 ? 5 : 4) : 2
        var table = state.cr3 & 0x000F_FFFF_FFFF_F000
        var address = linear
        if !isLong {
            address &= 0xFFFF_FFFF
            let pointer = state.pageDirectoryPointers[Int(address >> 30)]
            guard pointer & 1 != 0 else { throw pageFault(address, use, present: false) }
            table = pointer & 0x000F_FFFF_FFFF_F000
        }
        var rights: UInt64 = 6
        var noExecute = false
        while true {
            let shift = UInt64(12 + 9 * (level - 1))
            let entryAddress = table | ((address >> shift) & 0x1FF) << 3
            let entry = tableEntry(entryAddress, size: 8, level == 1 ? PageRecord.lastTable : PageRecord.upperTable)
            guard entry & 1 != 0 else { throw pageFault(address, use, present: false) }
            var reserved: UInt64 = reservedAddress | (executeDisable ? UInt64(0) : UInt64(1) << 63)
            if !isLong { reserved |= 0x7FF0_0000_0000_0000 }
            let isLarge = entry & 0x80 != 0 && level > 1 && level <= 3
            let inside = (UInt64(1) << shift) - 1
            if isLarge { reserved |= inside & 0xF_FFFF_FFFF_E000 }
            if level >= 4 { reserved |= 0x80 }
            guard entry & reserved == 0 else { throw pageFault(address, use, present: true, reserved: true) }
            rights &= entry
            noExecute = noExecute || entry >> 63 != 0
            if level == 1 || isLarge {
                let mapping = try check(address, use, rights: rights, noExecute: noExecute)
                try mark(entryAddress, entry, size: 8, leaf: true, use)
                let frame = entry & 0x000F_FFFF_FFFF_F000 & ~inside
                return finish(mapping, frame | address & inside, entry, use)
            }
            try mark(entryAddress, entry, size: 8, leaf: false, use)
            table = entry & 0x000F_FFFF_FFFF_F000
            level -= 1
        }
    }

    private func finish(_ mapping: PageMapping, _ physical: UInt64, _ entry: UInt64, _ use: PageUse) -> PageMapping {
        var result = mapping
        result.physical = physical
        result.isDirty = entry & 0x40 != 0 || use.contains(.write)
        return result
    }

    /// Compares what is wanted with what all levels together allow.
    private func check(
        _ linear: UInt64,
        _ use: PageUse,
        rights: UInt64,
        noExecute: Bool
    ) throws(Fault) -> PageMapping {
        let isUserPage = rights & 4 != 0
        let writable = rights & 2 != 0
        let byUser = use.contains(.user)
        var allowed = !byUser || isUserPage
        let allowsWrite = writable || (!byUser && state.cr0 & CR0.writeProtect == 0)
        if use.contains(.write), !allowsWrite { allowed = false }
        if use.contains(.execute) {
            if noExecute { allowed = false }
            if !byUser, isUserPage, state.cr4 & CR4.supervisorExecution != 0 { allowed = false }
        } else if !byUser, isUserPage, state.cr4 & CR4.supervisorAccess != 0 {
            let overridden = state.otherFlags & Flag.alignmentCheck != 0 && !use.contains(.implicit)
            if !overridden { allowed = false }
        }
        guard allowed else { throw pageFault(linear, use, present: true) }
        return PageMapping(physical: 0, allowsWrite: allowsWrite, isDirty: false, isUser: isUserPage)
    }

    /// Sets the accessed bit of an entry, and the dirty bit of one that maps a page for a store.
    private func mark(_ address: UInt64, _ entry: UInt64, size: Int, leaf: Bool, _ use: PageUse) throws(Fault) {
        let wanted: UInt64 = leaf && use.contains(.write) ? 0x60 : 0x20
        guard entry & wanted != wanted else { return }
        let masked = physicalAddress(address)
        guard let page = hostPage(masked), !page.isReadOnly else { return }
        let offset = Int(masked & 0xFFF)
        page.store(UInt32(truncatingIfNeeded: entry | wanted), offset)
        noteWrite(page, offset: offset, count: 4)
    }

    /// Reads an entry; what no memory answers reads as all ones, as an empty bus does.
    private func tableEntry(_ address: UInt64, size: Int, _ kind: UInt32) -> UInt64 {
        let masked = physicalAddress(address)
        guard let page = hostPage(masked) else { return size == 4 ? 0xFFFF_FFFF : ~0 }
        noteTable(page, kind)
        let offset = Int(masked & 0xFFF)
        return size == 4 ? UInt64(page.load(offset, UInt32.self)) : page.load(offset, UInt64.self)
    }

    private func pageFault(_ linear: UInt64, _ use: PageUse, present: Bool, reserved: Bool = false) -> Fault {
        var code: UInt32 = present ? 1 : 0
        if use.contains(.write) { code |= 2 }
        if use.contains(.user) { code |= 4 }
        if reserved { code |= 8 }
        if use.contains(.execute) {
            let tracked = state.efer & EFER.noExecute != 0 && state.cr4 & CR4.physicalExtension != 0
            if tracked || state.cr4 & CR4.supervisorExecution != 0 { code |= 16 }
        }
        return .page(linear, code: code)
    }
}
