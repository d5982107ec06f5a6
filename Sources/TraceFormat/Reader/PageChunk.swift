import ByteCoding

/// A page chunk, unpacked.
struct PageChunk: Sendable {
    var payload: [UInt8]
    var pages: [Page]

    /// A page in it.
    struct Page {
        /// Where its bytes begin in the payload.
        var body = 0
        /// The content from which this one differs, and which lines differ.
        var base: PageLocation?
        var changes: UInt64 = 0
        /// Whether the lines are XORed with those of the base.
        var isExclusiveOr = false
    }

    /// Takes a payload apart.
    ///
    /// - Parameters:
    ///   - count: how many pages the chunk's header says that it has.
    ///   - position: where the chunk is in the file.
    init(_ payload: [UInt8], count: Int, position: UInt64) throws(ByteCodingError) {
        guard count <= Limits.pagesPerChunk else {
            throw .invalidValue(field: "number of pages", value: UInt64(count))
        }
        var cursor = ByteCursor(payload.rawSpan)
        var pages: [Page] = []
        for index in 0..<count {
            let number: UInt8 = try cursor.read()
            let encoding = PageEncoding(rawValue: number)
            switch encoding {
            case .whole:
                pages.append(Page())
            case .difference, .exclusiveOr:
                let distance = try cursor.readVarint()
                let place = try cursor.readCount(limit: Limits.pagesPerChunk - 1)
                guard distance < position, distance > 0 || place < index else {
                    throw .invalidValue(field: "base of a difference", value: distance)
                }
                let base = PageLocation(chunk: position - distance, index: place)
                let isExclusiveOr = encoding == .exclusiveOr
                pages.append(Page(base: base, changes: try cursor.read(), isExclusiveOr: isExclusiveOr))
            case nil:
                throw .invalidValue(field: "page encoding", value: UInt64(number))
            }
        }
        for index in pages.indices {
            pages[index].body = cursor.offset
            let lines = pages[index].base == nil ? 64 : pages[index].changes.nonzeroBitCount
            _ = try cursor.readSpan(count: lines * Limits.lineBytes)
        }
        try cursor.expectEnd()
        self.payload = payload
        self.pages = pages
    }
}
