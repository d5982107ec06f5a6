/// The pages that have been written since they were last asked for: room for each page of memory once, so that none is
/// made while the processor runs.
struct DirtyList {
    private let addresses: HostMapping
    private(set) var count = 0

    init(pageCount: Int) { addresses = HostMapping(byteCount: pageCount * MemoryLayout<UInt64>.stride) }

    /// Adds a page that is not in it.
    mutating func append(_ physical: UInt64) {
        // SAFETY: each page is in the list once, and there is room for all.
        unsafe addresses.start.storeBytes(of: physical, toByteOffset: count * 8, as: UInt64.self)
        count += 1
    }

    /// Empties it; gives what was in it.
    mutating func take() -> [UInt64] {
        defer { count = 0 }
        // SAFETY: as many have been stored.
        return unsafe Array(
            UnsafeBufferPointer(start: addresses.start.assumingMemoryBound(to: UInt64.self), count: count)
        )
    }

    func release() { addresses.unmap() }
}

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
        let pages = around.dirtyPages.take().sorted()
        for physical in pages { hostPage(physical)?.known.flags &= ~PageRecord.dirty }
        protectAll()
        return pages
    }
}
