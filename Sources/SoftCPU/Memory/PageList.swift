/// Pages of memory that something is known of: with room for each once, so that none is made while the processor runs.
struct PageList {
    private let addresses: HostMapping
    private(set) var count = 0

    init(pageCount: Int) { addresses = HostMapping(byteCount: pageCount * MemoryLayout<UInt64>.stride) }

    /// Adds a page that is not in it.
    mutating func append(_ physical: UInt64) {
        // SAFETY: each page is in the list once, and there is room for all.
        unsafe addresses.start.storeBytes(of: physical, toByteOffset: count * 8, as: UInt64.self)
        count += 1
    }

    /// Empties it; gives what was in it, which stays readable until a page is added.
    mutating func take() -> UnsafeBufferPointer<UInt64> {
        defer { count = 0 }
        // SAFETY: as many have been stored.
        return unsafe UnsafeBufferPointer(start: addresses.start.assumingMemoryBound(to: UInt64.self), count: count)
    }

    func release() { addresses.unmap() }
}
