extension CPU {
    /// Forgets all translations, and with them what branches believed about code.
    func flushTranslations() {
        around.spaces.empty(root: tableRoot)
        forgetTables()
        updateMode()
    }

    /// Goes on with the translations of the page tables that CR3 names now.
    func switchTables() {
        // With PAE alone, the processor goes on by pointers that it has read before, which are no part of the tables.
        guard state.cr0 & CR0.paging != 0, isLongMode || state.cr4 & CR4.physicalExtension == 0 else {
            return flushTranslations()
        }
        around.spaces.enter(tableRoot)
        updateMode()
    }

    /// Physical address of the tables, whatever else CR3 says.
    var tableRoot: UInt64 { state.cr3 & (isLongMode ? 0x000F_FFFF_FFFF_F000 : 0xFFFF_F000) }

    /// Forgets the translation of one linear page, in all buffers of the present address space. What branches know of code stays
    /// true: a change of the page tables has been noticed before.
    func flushTranslation(of linear: UInt64) {
        for set in TranslationSet.allCases {
            // SAFETY: entry(_:in:) gives an entry of a buffer.
            unsafe entry(linear, in: set).pointer.pointee.become(Translation())
        }
    }

    /// Takes the right to be written unseen away from a physical page.
    func protect(_ physical: UInt64) {
        // SAFETY: forEachUsed gives entries of buffers.
        unsafe around.spaces.forEachUsed { entry in
            if unsafe entry.pointee.physical == physical { unsafe entry.pointee.writeTag = Translation.none }
        }
    }

    /// Takes that right away from all pages.
    func protectAll() {
        // SAFETY: as above.
        unsafe around.spaces.forEachUsed { unsafe $0.pointee.writeTag = Translation.none }
    }

    private func entry(_ linear: UInt64, in set: TranslationSet) -> TranslationEntry {
        let index = UInt(truncatingIfNeeded: linear &>> 12) & UInt(TranslationSet.entryCount - 1)
        let address = around.spaces.address(of: set) + index * UInt(MemoryLayout<Translation>.stride)
        // SAFETY: the buffer of a set has entryCount entries.
        return unsafe TranslationEntry(pointer: UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped)
    }

    /// The buffer that the present privilege uses.
    var translationSet: TranslationSet {
        if state.privilege == 3 {
            let checks = state.cr0 & CR0.alignmentMask != 0 && state.otherFlags & Flag.alignmentCheck != 0
            return checks ? .checked : .user
        }
        let overridden = state.cr4 & CR4.supervisorAccess != 0 && state.otherFlags & Flag.alignmentCheck != 0
        return overridden ? .supervisorWithUserAccess : .supervisor
    }

    /// Enters a translation that lets accesses like this one through; false where each must be looked at.
    func fill(_ linear: UInt64, size: Int, write: Bool) throws(Fault) -> Bool {
        guard linear & 0xFFF + UInt64(size) <= 4096, translationSet != .checked else { return false }
        guard linear == linear & linearMask, isCanonical(linear) else { return false }
        var use: PageUse = state.privilege == 3 ? .user : []
        if write { use.insert(.write) }
        let mapping = try translate(linear, use)
        let physical = physicalAddress(mapping.physical.page)
        guard let page = hostPage(physical) else { return false }
        let known = page.known
        guard known.flags & PageRecord.watched == 0, !hasDataBreakpoint(onPage: linear.page) else { return false }
        let entry = claim(linear, physical, page)
        unsafe entry.pointer.pointee.readTag = linear.page
        guard write else { return true }
        guard !page.isReadOnly, known.codeMask == 0, page.known.flags & PageRecord.tables == 0 else { return false }
        markDirty(page)
        unsafe entry.pointer.pointee.writeTag = linear.page
        return true
    }

    /// Enters a translation for the execution of code on a page, and gives its address in physical memory.
    func fillForExecution(_ linear: UInt64) throws(Fault) -> UInt64 {
        let use: PageUse = state.privilege == 3 ? [.user, .execute] : .execute
        let physical = physicalAddress(try translate(linear, use).physical)
        if let page = hostPage(physical) {
            unsafe claim(linear, physical.page, page).pointer.pointee.executeTag = linear.page
        }
        return physical
    }

    /// The entry for a linear page, with what it says of another page or another place removed.
    private func claim(_ linear: UInt64, _ physical: UInt64, _ page: HostPage) -> TranslationEntry {
        if page.known.flags & PageRecord.translated == 0 {
            page.known.flags |= PageRecord.translated
            around.translatedPages.append(page.physical)
        }
        let entry = translation(of: linear)
        // SAFETY: translation(of:) gives an entry of a buffer.
        let old = unsafe entry.pointer.pointee
        let tag = linear.page
        let isSame = old.physical == physical && (old.readTag == tag || old.executeTag == tag)
        if !isSame { unsafe entry.pointer.pointee.become(Translation()) }
        // SAFETY: translation(of:) gives an entry of a buffer of the present space.
        unsafe around.spaces.note(entry.pointer)
        unsafe entry.pointer.pointee.addend = page.host &- UInt(tag)
        unsafe entry.pointer.pointee.physical = physical
        return entry
    }

    /// Bits that a linear address has.
    var linearMask: UInt64 { state.mode.contains(.long) ? ~0 : 0xFFFF_FFFF }

    /// Whether a linear address is one at all: in 64-bit code the upper bits repeat the highest that paging uses.
    func isCanonical(_ linear: UInt64) -> Bool {
        guard state.efer & EFER.longModeActive != 0 else { return true }
        let unused: Int64 = state.cr4 & CR4.fiveLevels != 0 ? 7 : 16
        return UInt64(bitPattern: Int64(bitPattern: linear << UInt64(unused)) >> unused) == linear
    }
}
