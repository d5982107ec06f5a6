import ByteCoding

/// The writer's side of guest memory: which pages changed since the keyframe before, and where each page's content is.
///
/// Memory is limited to a location for every page that was ever stored, and two fixed tables: one finds a page's
/// content again, and one holds previous contents to compare with.
struct PageStore {
    /// Pages that changed since the keyframe before, in the order in which they came.
    private(set) var changed: [UInt64] = []
    private var locations: [UInt64: [Entry]] = [:]
    private var contents = ContentTable()
    private var previous = PreviousPages()
    private var kinds = ByteWriter()
    private var bodies = ByteWriter()
    private var batchCount = 0

    private struct Entry: Sendable {
        var location = PageLocation.zero
        var depth = 0
    }

    private static let pagesPerLeaf: UInt64 = 512
    private static let emptyLeaf = [Entry](repeating: Entry(), count: Int(pagesPerLeaf))

    /// Where the content of a page is stored now.
    func location(of page: UInt64) -> PageLocation {
        locations[page / Self.pagesPerLeaf]?[Int(page % Self.pagesPerLeaf)].location ?? .zero
    }

    /// Takes the content of a changed page, and writes the batch when it is full.
    mutating func add(
        _ page: UInt64,
        _ bytes: RawSpan,
        to output: inout ChunkOutput,
        at event: EventOrdinal
    ) throws(TraceError) {
        changed.append(page)
        let old = entry(of: page)
        guard !bytes.isAllZero else { return set(page, Entry()) }
        let digest = Digest128(hashing: bytes)
        let new: Entry
        if let (location, depth) = contents.find(digest) {
            new = Entry(location: location, depth: depth)
        } else {
            // Nothing else is written while the batch is open, so it will be at the present end of the output.
            let location = PageLocation(chunk: output.position, index: batchCount)
            new = Entry(location: location, depth: store(page, bytes, over: old, at: location))
            contents.insert(digest, location, depth: new.depth)
        }
        set(page, new)
        previous.set(page, bytes)
        if batchCount == Limits.pagesPerChunk { try flush(to: &output, at: event) }
    }

    /// Writes what is waiting.
    mutating func flush(to output: inout ChunkOutput, at event: EventOrdinal) throws(TraceError) {
        guard batchCount > 0 else { return }
        try output.write(.pages, kinds.bytes + bodies.bytes, count: batchCount, firstEvent: event)
        kinds = ByteWriter()
        bodies = ByteWriter()
        batchCount = 0
    }

    /// Ends a keyframe: returns the pages that changed for it, by address, without duplicates.
    mutating func takeChanged() -> [UInt64] {
        defer { changed.removeAll(keepingCapacity: true) }
        var pages = changed.sorted()
        var count = 0
        for page in pages where count == 0 || pages[count - 1] != page {
            pages[count] = page
            count += 1
        }
        pages.removeLast(pages.count - count)
        return pages
    }

    /// Adds a page to the batch, as a difference from `old` if that is smaller. Returns how many differences are
    /// stacked then.
    private mutating func store(_ page: UInt64, _ bytes: RawSpan, over old: Entry, at location: PageLocation) -> Int {
        batchCount += 1
        if old.location != .zero, old.depth < Limits.pageDeltaDepth, let changes = previous.changedLines(page, bytes) {
            kinds.write(PageEncoding.exclusiveOr.rawValue)
            kinds.writeVarint(location.chunk - old.location.chunk)
            kinds.writeVarint(UInt64(old.location.index))
            kinds.write(changes)
            previous.appendDifference(page, bytes, lines: changes, to: &bodies)
            return old.depth + 1
        }
        kinds.write(PageEncoding.whole.rawValue)
        bodies.write(bytes)
        return 0
    }

    private func entry(of page: UInt64) -> Entry {
        locations[page / Self.pagesPerLeaf]?[Int(page % Self.pagesPerLeaf)] ?? Entry()
    }

    private mutating func set(_ page: UInt64, _ entry: Entry) {
        locations[page / Self.pagesPerLeaf, default: Self.emptyLeaf][Int(page % Self.pagesPerLeaf)] = entry
    }
}

/// How a page's content is stored; numbered as in a trace.
enum PageEncoding: UInt8 {
    case whole = 0
    /// The lines that differ from other contents. No longer written.
    case difference = 1
    /// The same, XORed with those contents.
    case exclusiveOr = 2
}
