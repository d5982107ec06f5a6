/// Where decoded code lies: filled from the front and emptied all at once.
struct CodeArena {
    /// Bytes, most of which are never touched.
    static let byteCount = 96 << 20
    /// What one block may need at most.
    static let reserve = 64 << 10
    static let bucketCount = 1 << 16

    private let code = HostMapping(byteCount: byteCount, isDense: true)
    private let buckets = HostMapping(byteCount: bucketCount * 4)
    /// Bytes in use. The first 64 stay free, so that index 0 is no block.
    private(set) var used = 64
    /// The blocks that were kept, in order, among them stale ones.
    private(set) var kept: [UInt32] = []

    var isFull: Bool { used + Self.reserve > Self.byteCount }

    /// Address where the next block begins.
    var end: UInt { code.address + UInt(used) }

    /// Address where a block begins for decoding that is not kept: behind all others.
    var scratch: UInt { end }

    func block(_ index: UInt32) -> Block { Block(code.address + UInt(index) * 8) }

    func index(of block: Block) -> UInt32 { UInt32((block.address - code.address) / 8) }

    /// The first block with a hash, or 0.
    func bucket(_ hash: Int) -> UInt32 {
        // SAFETY: hashes are below bucketCount.
        unsafe buckets.start.load(fromByteOffset: hash * 4, as: UInt32.self)
    }

    /// Keeps the block that was written at ``end`` and takes so many bytes.
    mutating func keep(_ block: Block, byteCount: Int) {
        used += (byteCount + 63) & ~63
        kept.append(index(of: block))
        let hash = Self.hash(block.record.physical, block.record.mode)
        block.record.nextInHash = bucket(hash)
        // SAFETY: hashes are below bucketCount.
        unsafe buckets.start.storeBytes(of: index(of: block), toByteOffset: hash * 4, as: UInt32.self)
    }

    /// Takes a block that has become stale out of the lists, which would else grow with each change of the same code.
    func remove(_ stale: Block) {
        let hash = Self.hash(stale.record.physical, stale.record.mode)
        let following = stale.record.nextInHash
        guard bucket(hash) != index(of: stale) else {
            // SAFETY: hashes are below bucketCount.
            unsafe buckets.start.storeBytes(of: following, toByteOffset: hash * 4, as: UInt32.self)
            return
        }
        var at = bucket(hash)
        while at != 0 {
            let block = block(at)
            if block.record.nextInHash == index(of: stale) {
                block.record.nextInHash = following
                return
            }
            at = block.record.nextInHash
        }
    }

    static func hash(_ physical: UInt64, _ mode: CodeMode) -> Int {
        let mixed = (physical ^ UInt64(mode.rawValue) << 40) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> 48)
    }

    /// Forgets all blocks.
    mutating func empty() {
        used = 64
        kept.removeAll(keepingCapacity: true)
        buckets.clear()
    }

    func release() {
        code.unmap()
        buckets.unmap()
    }
}
