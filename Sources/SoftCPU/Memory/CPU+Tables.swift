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
            if known & PageRecord.translated != 0 { protect(page.physical) }
        }
        page.known.flags |= kind
    }

    /// Stores to pages of tables behind which all are forgotten: one that has become something else would stay slow.
    private static let storesToTables = 4096

    /// Forgets what follows from entries that are about to be written. One without its accessed bit has not been used.
    func noteTableWrite(_ page: HostPage, offset: Int, count: Int) {
        around.tableStores += 1
        if around.tableStores > Self.storesToTables {
            state.codeChanged = true
            return flushTranslations()
        }
        let isWide = state.cr4 & CR4.physicalExtension != 0
        let size = isWide ? 8 : 4
        for start in stride(from: offset & ~(size - 1), to: offset + count, by: size) {
            let entry = isWide ? page.load(start, UInt64.self) : UInt64(page.load(start, UInt32.self))
            guard entry & 0x21 == 0x21 else { continue }
            guard page.known.flags & PageRecord.upperTable == 0 else {
                state.codeChanged = true
                return flushTranslations()
            }
            let target = physicalAddress(entry & 0x000F_FFFF_FFFF_F000)
            guard let mapped = hostPage(target), mapped.known.flags & PageRecord.translated != 0 else { continue }
            state.codeChanged = true
            flushTranslations(toPhysical: mapped)
        }
    }

    /// Nothing depends on any table: there are no translations.
    func forgetTables() {
        around.tableStores = 0
        unsafe clear(PageRecord.tables, of: around.tablePages.take())
        unsafe clear(PageRecord.translated, of: around.translatedPages.take())
    }

    private func clear(_ flags: UInt32, of pages: UnsafeBufferPointer<UInt64>) {
        // SAFETY: the list keeps what was in it until the next page is appended.
        for index in pages.indices { hostPage(unsafe pages[index])?.known.flags &= ~flags }
    }

    /// Forgets the translations that lead to a physical page, and if it has code what branches believed about that.
    private func flushTranslations(toPhysical page: HostPage) {
        // SAFETY: forEachUsed gives entries of buffers.
        unsafe around.spaces.forEachUsed { entry in
            if unsafe entry.pointee.physical == page.physical { unsafe entry.pointee.become(Translation()) }
        }
        guard page.known.firstBlock != 0 else { return }
        around.spaces.renew()
        updateMode()
    }
}
