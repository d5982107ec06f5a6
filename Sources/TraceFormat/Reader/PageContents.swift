import ByteCoding

/// Reads pages from page chunks.
struct PageContents: Sendable {
    private let file: TraceFile

    init(_ file: TraceFile) { self.file = file }

    /// Replaces `output`, which has the size of a page, with the content at `location`.
    func read(_ location: PageLocation, into output: inout [UInt8]) throws(TraceError) {
        guard location != .zero else {
            output.setToZero()
            return
        }
        var differences: [(chunk: PageChunk, page: PageChunk.Page)] = []
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
        Self.copy(chunk.payload, from: page.body, count: Limits.pageBytes, into: &output, at: 0, isExclusiveOr: false)
        for (chunk, page) in differences.reversed() {
            var body = page.body
            for line in 0..<64 where page.changes >> UInt64(line) & 1 == 1 {
                Self.copy(
                    chunk.payload,
                    from: body,
                    count: Limits.lineBytes,
                    into: &output,
                    at: line * Limits.lineBytes,
                    isExclusiveOr: page.isExclusiveOr
                )
                body += Limits.lineBytes
            }
        }
    }

    private static func copy(
        _ source: [UInt8],
        from start: Int,
        count: Int,
        into output: inout [UInt8],
        at place: Int,
        isExclusiveOr: Bool
    ) {
        // SAFETY: `start` and `count` were checked against the payload when the chunk was decoded; a page has 64 lines,
        // and the output has the size of a page.
        unsafe output.withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: target[place..<place + count])
                let source = unsafe UnsafeRawBufferPointer(rebasing: source[start..<start + count])
                guard isExclusiveOr else { return unsafe target.copyMemory(from: source) }
                for index in target.indices { unsafe target[index] ^= source[index] }
            }
        }
    }

    private func find(_ location: PageLocation) throws(TraceError) -> (PageChunk, PageChunk.Page) {
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

    private func chunk(at position: UInt64) throws(TraceError) -> PageChunk {
        if let known = file.pageChunks.chunk(at: position) { return known }
        let (header, payload) = try file.chunk(.pages, at: position)
        let chunk = try file.decode(header) { () throws(ByteCodingError) in
            try PageChunk(payload, count: header.count, position: position)
        }
        file.pageChunks.keep(chunk, at: position)
        return chunk
    }
}
