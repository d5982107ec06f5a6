/// What is known of one page of guest memory.
struct PageRecord {
    /// The first of the blocks that have bytes in this page: an index into the code arena, 0 for none.
    var firstBlock: UInt32 = 0
    /// ``dirty``, ``watched``, ``lastTable``, ``upperTable``.
    var flags: UInt32 = 0
    /// Bit n is set if any of the bytes 64 n to 64 n + 63 is decoded code.
    var codeMask: UInt64 = 0

    /// Written since it was last asked for.
    static let dirty: UInt32 = 1
    /// Somebody wants to see accesses to it.
    static let watched: UInt32 = 2

    /// Its entries map pages, and translations depend on them.
    static let lastTable: UInt32 = 4
    /// Its entries lead to tables or map large pages, and translations depend on them.
    static let upperTable: UInt32 = 8
    /// A translation leads to it, or has since all were forgotten.
    static let translated: UInt32 = 16
    static let tables = lastTable | upperTable

    /// Bits of ``codeMask`` for a range of bytes within the page.
    static func mask(offset: Int, count: Int) -> UInt64 {
        let first = UInt64(offset >> 6)
        let last = UInt64((offset + count - 1) >> 6)
        return (~0 &<< first) & (~0 &>> (63 - last))
    }
}

/// A region of memory with what is known of its pages.
struct RegionRecord {
    var start: UInt64
    var size: UInt64
    var host: UInt
    var isReadOnly: Bool
    var pages: UInt
}
