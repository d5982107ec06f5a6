extension CPU {
    /// Notes that a page has been written, or may be from now on unseen.
    func markDirty(_ page: HostPage) {
        guard page.known.flags & PageRecord.dirty == 0 else { return }
        page.known.flags |= PageRecord.dirty
        around.dirtyPages.append(page.physical)
    }

    /// Gives the pages written since the last call, in rising order. Whoever writes from now on is seen again.
    func takeDirtyPages() -> [UInt64] {
        guard around.dirtyPages.count > 0 else { return [] }
        let pages = unsafe around.dirtyPages.take().sorted()
        for physical in pages { hostPage(physical)?.known.flags &= ~PageRecord.dirty }
        protectAll()
        return pages
    }
}
