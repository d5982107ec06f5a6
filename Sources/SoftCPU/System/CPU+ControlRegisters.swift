extension CPU {
    /// Writes CR0 (Intel SDM vol. 3, 2.5).
    func setCR0(_ value: UInt64) throws(Fault) {
        guard value >> 32 == 0 else { throw .protection() }
        let new = value & 0xE005_003F | CR0.extensionType
        if new & CR0.paging != 0, new & CR0.protection == 0 { throw .protection() }
        if new & CR0.notWriteThrough != 0, new & CR0.cacheDisable == 0 { throw .protection() }
        let pagingChanges = (new ^ state.cr0) & CR0.paging != 0
        if pagingChanges, new & CR0.paging != 0 {
            if state.efer & EFER.longModeEnable != 0 {
                guard state.cr4 & CR4.physicalExtension != 0, !state.segments[SegmentNumber.cs].isLongCode else {
                    throw .protection()
                }
                state.efer |= EFER.longModeActive
            } else if state.cr4 & CR4.physicalExtension != 0 {
                try loadPageDirectoryPointers(state.cr3)
            }
        } else if pagingChanges {
            guard !state.mode.contains(.long), state.cr4 & CR4.contextIdentifiers == 0 else { throw .protection() }
            state.efer &= ~EFER.longModeActive
        }
        let changed = new ^ state.cr0
        state.cr0 = new
        if changed & CR0.protection != 0, new & CR0.protection == 0 { state.privilege = 0 }
        if changed & (CR0.paging | CR0.writeProtect | CR0.protection) != 0 { flushTranslations() }
        updateMode()
    }

    /// Writes CR3.
    func setCR3(_ value: UInt64) throws(Fault) {
        var new = value
        if isLongMode {
            let keeps = new >> 63 != 0 && state.cr4 & CR4.contextIdentifiers != 0
            if keeps { new &= ~(1 << 63) }
            let reserved =
                0x000F_FFFF_FFFF_FFFF & (UInt64.max << UInt64(around.configuration.physicalAddressBits))
                | 0xFFF0_0000_0000_0000
            guard new & reserved == 0 else { throw .protection() }
        } else if state.cr0 & CR0.paging != 0, state.cr4 & CR4.physicalExtension != 0 {
            try loadPageDirectoryPointers(new)
        }
        state.cr3 = new
        switchTables()
    }

    /// Writes CR4.
    func setCR4(_ value: UInt64) throws(Fault) {
        guard value & ~around.configuration.allowedCR4 == 0 else { throw .protection() }
        if isLongMode {
            guard value & CR4.physicalExtension != 0, (value ^ state.cr4) & CR4.fiveLevels == 0 else {
                throw .protection()
            }
        }
        if value & CR4.contextIdentifiers & ~state.cr4 != 0 {
            guard isLongMode, state.cr3 & 0xFFF == 0 else { throw .protection() }
        }
        let paging = CR4.physicalExtension | CR4.pageSize | CR4.globalPages | CR4.supervisorExecution
        let changed = value ^ state.cr4
        if changed & (CR4.physicalExtension | CR4.pageSize | CR4.globalPages | CR4.supervisorExecution) != 0,
            state.cr0 & CR0.paging != 0, !isLongMode, value & CR4.physicalExtension != 0
        {
            try loadPageDirectoryPointers(state.cr3)
        }
        state.cr4 = value
        // Whether pages are global, or address spaces numbered, is all the same to this processor: see AddressSpaces.
        let translating = paging & ~CR4.globalPages | CR4.supervisorAccess
        if changed & translating != 0 { flushTranslations() }
        updateMode()
    }

    /// Reads the four pointers that PAE paging keeps in the processor.
    func loadPageDirectoryPointers(_ root: UInt64) throws(Fault) {
        var new = InlineArray<4, UInt64>(repeating: 0)
        let reserved = (UInt64.max << UInt64(around.configuration.physicalAddressBits)) | 0x1E6
        for index in 0..<4 {
            new[index] = try readPhysical(root & 0xFFFF_FFE0 | UInt64(index * 8), size: 8)
            if new[index] & 1 != 0, new[index] & reserved != 0 { throw .protection() }
        }
        state.pageDirectoryPointers = new
    }
}
