import ByteCoding

/// Finds page contents that were stored before. If two contents share a slot, the later one stays. This limits memory;
/// a miss costs only space in the file.
struct ContentTable {
    private var digests = [Digest128](repeating: .zero, count: Self.slotCount)
    private var locations = [PageLocation](repeating: .zero, count: Self.slotCount)
    private var depths = [UInt8](repeating: 0, count: Self.slotCount)

    private static let slotCount = 1 << 16

    /// Where this content is, and how many differences are stacked there.
    func find(_ digest: Digest128) -> (PageLocation, depth: Int)? {
        let slot = Int(digest.low % UInt64(Self.slotCount))
        guard locations[slot] != .zero, digests[slot] == digest else { return nil }
        return (locations[slot], Int(depths[slot]))
    }

    /// Remembers where this content is.
    mutating func insert(_ digest: Digest128, _ location: PageLocation, depth: Int) {
        let slot = Int(digest.low % UInt64(Self.slotCount))
        digests[slot] = digest
        locations[slot] = location
        depths[slot] = UInt8(depth)
    }
}
