import ByteCoding

/// Reads pages from page chunks, and keeps the chunks that were unpacked last.
struct PageContents: Sendable {
    private let file: TraceFile
    private var chunks: [Chunk] = []

    /// How many chunks are kept; a chunk has at most 260 KiB.
    private static let keptChunks = 16

    private struct Chunk {
        var position: UInt64
        var payload: [UInt8]
        var pages: [Page]
    }

    private struct Page {
        var body: Int
        /// The content from which this one differs, and which lines differ.
        var base: PageLocation?
        var changes: UInt64 = 0
    }

    init(_ file: TraceFile) { self.file = file }

    /// Replaces `output`, which has the size of a page, with the content at `location`.
    mutating func read(_ location: PageLocation, into output: inout [UInt8]) throws(TraceError) {
        guard location != .zero else {
            output.setToZero()
            return
        }
        var differences: [(chunk: Chunk, page: Page)] = []
        var (chunk, page) = try find(location)
        while let base = page.base {
            guard differences.count < Limits.pageDeltaDepth else {
                throw .corrupt(
                    path: file.path,
                    chunk: ChunkType.pages.name,
                    offset: location.chunk,
                    why: "too many differences are stacked"
                )
            }
            differences.append((chunk, page))
            (chunk, page) = try find(base)
        }
        Self.copy(chunk.payload, from: page.body, count: Limits.pageBytes, into: &output, at: 0)
        for (chunk, page) in differences.reversed() {
            var body = page.body
            for line in 0..<64 where page.changes >> UInt64(line) & 1 == 1 {
                let place = line * Limits.lineBytes
                Self.copy(chunk.payload, from: body, count: Limits.lineBytes, into: &output, at: place)
                body += Limits.lineBytes
            }
        }
    }

    private static func copy(
        _ source: [UInt8],
        from start: Int,
        count: Int,
        into output: inout [UInt8],
        at place: Int
    ) {
        // SAFETY: `start` and `count` were checked against the payload when the chunk was decoded; a page has 64 lines,
        // and the output has the size of a page.
        unsafe output.withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + count]))
            }
        }
    }

    private mutating func find(_ location: PageLocation) throws(TraceError) -> (Chunk, Page) {
        let chunk = try chunk(at: location.chunk)
        guard location.index < chunk.pages.count else {
            throw .corrupt(
                path: file.path,
                chunk: ChunkType.pages.name,
                offset: location.chunk,
                why: "it has no page \(location.index)"
            )
        }
        return (chunk, chunk.pages[location.index])
    }

    private mutating func chunk(at position: UInt64) throws(TraceError) -> Chunk {
        if let known = chunks.first(where: { $0.position == position }) { return known }
        let (header, payload) = try file.chunk(.pages, at: position)
        let pages = try file.decode(header) { () throws(ByteCodingError) in
            try Self.pages(in: payload.rawSpan, count: header.count, position: position)
        }
        if chunks.count >= Self.keptChunks { chunks.removeFirst() }
        let chunk = Chunk(position: position, payload: payload, pages: pages)
        chunks.append(chunk)
        return chunk
    }

    private static func pages(
        in payload: RawSpan,
        count: Int,
        position: UInt64
    ) throws(ByteCodingError) -> [Page] {
        guard count <= Limits.pagesPerChunk else {
            throw .invalidValue(field: "number of pages", value: UInt64(count))
        }
        var cursor = ByteCursor(payload)
        var pages: [Page] = []
        for index in 0..<count {
            let number: UInt8 = try cursor.read()
            switch PageEncoding(rawValue: number) {
            case .whole:
                pages.append(Page(body: 0))
            case .difference:
                let distance = try cursor.readVarint()
                let place = try cursor.readCount(limit: Limits.pagesPerChunk - 1)
                guard distance < position, distance > 0 || place < index else {
                    throw .invalidValue(field: "base of a difference", value: distance)
                }
                let base = PageLocation(chunk: position - distance, index: place)
                pages.append(Page(body: 0, base: base, changes: try cursor.read()))
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
        return pages
    }
}
