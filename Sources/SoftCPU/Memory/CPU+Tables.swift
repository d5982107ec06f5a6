// A processor may go on by a translation after the guest has changed the tables that it came from, until it is told to forget
// it. This one does not: what it did would depend on when it last looked, and so on where runs were divided. Pages that it has
// walked through since it last forgot everything have no write tag, so that changes of their entries are seen.
extension CPU {
    /// Notes that translations depend on a page of tables.
    func noteTable(_ page: HostPage, _ kind: UInt32) {
        let known = page.known.flags
        guard known & kind == 0 else { return }
        if known & PageRecord.tables == 0 {
            around.tablePages.append(page.physical)
            protect(page.physical)
        }
        page.known.flags |= kind
    }

    /// Forgets what follows from entries that are about to be written. One without its accessed bit has not been used.
    func noteTableWrite(_ page: HostPage, offset: Int, count: Int) {
        let isWide = state.cr4 & CR4.physicalExtension != 0
        let size = isWide ? 8 : 4
        for start in stride(from: offset & ~(size - 1), to: offset + count, by: size) {
            let entry = isWide ? page.load(start, UInt64.self) : UInt64(page.load(start, UInt32.self))
            guard entry & 0x21 == 0x21 else { continue }
            state.codeChanged = true
            guard page.known.flags & PageRecord.upperTable == 0 else { return flushTranslations() }
            flushTranslations(toPhysical: physicalAddress(entry & 0x000F_FFFF_FFFF_F000))
        }
    }

    /// Nothing depends on any table: there are no translations.
    func forgetTables() {
        guard around.tablePages.count > 0 else { return }
        for physical in around.tablePages.take() { hostPage(physical)?.known.flags &= ~PageRecord.tables }
    }

    /// Forgets the translations that lead to a physical page, and what branches believed about code.
    private func flushTranslations(toPhysical physical: UInt64) {
        let entries = unsafe around.buffers.start.assumingMemoryBound(to: Translation.self)
        for index in 0..<around.buffers.byteCount / MemoryLayout<Translation>.stride {
            // SAFETY: the mapping holds exactly these entries.
            if unsafe entries[index].physical == physical { unsafe entries[index] = Translation() }
        }
        around.generation &+= 1
        updateMode()
    }
}
