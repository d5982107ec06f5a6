import ByteCoding

extension TraceReader {
    /// Reads and checks everything in the trace: every chunk, event, page, table and index, and that every reference
    /// leads to what it should.
    ///
    /// - Parameter progress: called from time to time with the number of bytes that were checked; with ``byteCount`` at
    ///   the end.
    /// - Throws: the first fault. A missing end is not a fault: see ``missing``.
    public func check(progress: (UInt64) -> Void = { _ in }) throws(TraceError) {
        var check = TraceCheck(self)
        let end = try check.walkChunks(progress: progress)
        if let fault { throw fault }
        guard !isComplete || end + UInt64(FileFooter.byteCount) == byteCount else {
            throw .corrupt(
                path: path,
                chunk: "end",
                offset: end,
                why: "there are bytes between the last chunk and the footer"
            )
        }
        try check.compareWithIndex()
        progress(byteCount)
    }
}

/// What a check remembers from chunk to chunk.
private struct TraceCheck {
    private let reader: TraceReader
    private var chunk: EventChunk
    private let contents: PageContents
    private var tables = PageTableStack()
    private var locations: [UInt64: PageLocation] = [:]
    private var nextEvent: EventOrdinal
    private var eventChunks: [EventIndexEntry] = []
    private var keyframeEvents: [EventOrdinal] = []
    private var page = [UInt8](repeating: 0, count: Limits.pageBytes)
    private var content = KeyframeContentCheck()
    /// How many symbols are still to come; nil after the chunks in which they may be.
    private var symbolsLeft: Int?
    private var hasEnded = false

    init(_ reader: TraceReader) {
        self.reader = reader
        chunk = EventChunk(countsInstructions: reader.header.recording.countsInstructions)
        contents = PageContents(reader.file)
        nextEvent = reader.header.firstEvent
        symbolsLeft = reader.symbolCount
    }

    /// Checks all chunks, and returns where the last one ends.
    mutating func walkChunks(progress: (UInt64) -> Void) throws(TraceError) -> UInt64 {
        var position = UInt64(FilePrefix.byteCount)
        var sequence: UInt32 = 0
        var isAtRoot = false
        while !isAtRoot, position < reader.chunksEnd ?? .max {
            let header = try reader.file.header(at: position)
            guard header.sequence == sequence else { throw fault(header, "chunks before it are missing") }
            try check(header)
            isAtRoot = header.type == .root
            position += UInt64(header.totalSize)
            sequence += 1
            progress(position)
        }
        return position
    }

    /// Checks that the index lists what was found.
    func compareWithIndex() throws(TraceError) {
        guard nextEvent == reader.events.upperBound, keyframeEvents.count == reader.keyframeCount else {
            throw .corrupt(
                path: reader.path,
                chunk: ChunkType.root.name,
                offset: reader.byteCount,
                why: "its counts of \(reader.eventCount) events and \(reader.keyframeCount) keyframes are wrong"
            )
        }
        for entry in eventChunks where try reader.index.eventChunk(with: entry.firstEvent) != entry {
            throw .corrupt(
                path: reader.path,
                chunk: ChunkType.events.name,
                offset: entry.position,
                why: "the index does not list it"
            )
        }
        for (number, event) in keyframeEvents.enumerated() where try reader.keyframeEntry(number).event != event {
            throw .corrupt(
                path: reader.path,
                chunk: ChunkType.keyframe.name,
                offset: 0,
                why: "the index misplaces keyframe \(number)"
            )
        }
    }

    private mutating func check(_ header: ChunkHeader) throws(TraceError) {
        let payload = try reader.file.payload(of: header)
        try checkOrder(header)
        switch header.type {
        case .events:
            guard header.firstEvent == nextEvent else { throw fault(header, "events before it are missing") }
            guard !hasEnded else { throw fault(header, "it follows the end of the recording") }
            try chunk.read(reader.file, header, payload)
            for place in 0..<chunk.count where !chunk.isSoundExit(place) {
                try check(chunk.event(place, of: reader.file).event, header)
            }
            eventChunks.append(EventIndexEntry(firstEvent: header.firstEvent, position: header.position))
            nextEvent.rawValue += UInt64(header.count)
        case .pages:
            for index in 0..<header.count {
                try contents.read(PageLocation(chunk: header.position, index: index), into: &page)
            }
        case .keyframe:
            try checkKeyframe(header)
        case .header, .symbols, .pageTable, .eventIndex, .keyframeIndex, .root:
            break
        }
    }

    /// The header must be the first chunk, then come as many symbols as it says, then everything else.
    private mutating func checkOrder(_ header: ChunkHeader) throws(TraceError) {
        switch header.type {
        case .header:
            guard header.sequence == 0 else { throw fault(header, "it is not the first chunk") }
        case .symbols:
            guard let left = symbolsLeft, header.count <= left else {
                throw fault(header, "it holds more symbols than the header says")
            }
            symbolsLeft = left - header.count
        default:
            guard let left = symbolsLeft else { return }
            guard left == 0 else { throw fault(header, "\(left) symbols are missing before it") }
            _ = try reader.symbols()
            symbolsLeft = nil
        }
    }

    /// A keyframe's event must name the keyframe right before it.
    private mutating func check(_ event: Event, _ header: ChunkHeader) throws(TraceError) {
        if case .end = event { hasEnded = true }
        guard case .keyframe(let number, let position) = event else { return }
        guard Int(number) == keyframeEvents.count - 1, keyframeEvents.last == header.firstEvent,
            try reader.keyframeEntry(Int(number)).position == position
        else { throw fault(header, "keyframe \(number) is not right before its event") }
    }

    private mutating func checkKeyframe(_ header: ChunkHeader) throws(TraceError) {
        let number = keyframeEvents.count
        // The last one may lack its event, if the recorder was killed.
        guard number < reader.keyframeCount else { return }
        let keyframe = try reader.keyframe(number)
        keyframeEvents.append(header.firstEvent)
        var memory = keyframe.memory
        let entries = try memory.tableEntries()
        let own = entries.filter(\.isOwn)
        for entry in own { locations[entry.page] = entry.location }
        guard entries.map(\.page) == tables.pages(forKeyframe: UInt32(number), changed: own.map(\.page)),
            entries.allSatisfy({ locations[$0.page] == $0.location })
        else { throw fault(header, "its page table does not list the pages that changed") }
        for entry in own { try contents.read(entry.location, into: &page) }
        try content.check(keyframe)
    }

    private func fault(_ header: ChunkHeader, _ why: String) -> TraceError {
        reader.file.corrupt(header, why: why)
    }
}
