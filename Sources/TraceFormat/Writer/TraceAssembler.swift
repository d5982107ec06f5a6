import ByteCoding
import X86

/// Turns events, pages and states into the chunks of a file as they come. It does not use threads.
struct TraceAssembler {
    private var output: ChunkOutput
    private var encoder: EventChunkEncoder
    private var records: [EventRecord] = []
    private var payload: [UInt8] = []
    private var nextEvent: EventOrdinal
    private let firstEvent: EventOrdinal
    private var pages = PageStore()
    private var tables = PageTableStack()
    private var index = IndexAssembler()
    private var digest = StateDigest(processor: .zero, memory: .zero)
    private var state: [UInt8] = []
    private var anchorState: [UInt8] = []

    /// Begins a file: prefix, header, symbols.
    init(
        sink: any TraceSink,
        header: TraceHeader,
        symbols: [GuestSymbol],
        effort: Compression.Effort = .quick,
        synchronizesEveryChunk: Bool
    ) throws(TraceError) {
        let encoded = header.encoded(symbolCount: symbols.count)
        let symbolChunks = GuestSymbol.chunks(of: symbols)
        try Self.check(
            header,
            encoded,
            symbols: symbols.count,
            symbolBytes: symbolChunks.map(\.payload.count).reduce(0, +)
        )
        encoder = EventChunkEncoder(countsInstructions: header.recording.countsInstructions)
        firstEvent = header.firstEvent
        nextEvent = header.firstEvent
        output = try ChunkOutput(
            sink: sink,
            identity: Checksum.of(encoded, seed: 0),
            effort: effort,
            synchronizesEveryChunk: synchronizesEveryChunk
        )
        try output.write(.header, encoded, count: 1, firstEvent: firstEvent)
        for chunk in symbolChunks {
            try output.write(.symbols, chunk.payload, count: chunk.count, firstEvent: firstEvent)
        }
        records.reserveCapacity(Limits.eventsPerChunk)
    }

    /// The size of the file so far, in bytes.
    var byteCount: UInt64 { output.position }
    /// The number of events so far.
    var eventCount: UInt64 { nextEvent.rawValue - firstEvent.rawValue }
    /// The number of keyframes written so far.
    var keyframeCount: UInt64 { index.keyframeCount }

    /// The first event that is not in the file yet.
    private var firstWaiting: EventOrdinal { EventOrdinal(nextEvent.rawValue - UInt64(records.count)) }

    /// Takes the next record; `bytes` came with it.
    mutating func append(_ record: EventRecord, _ bytes: RawSpan) throws(TraceError) {
        switch record.kind {
        case EventRecord.Crossing.page:
            try pages.add(record.address / UInt64(Limits.pageBytes), bytes, to: &output, at: firstWaiting)
        case EventRecord.Crossing.state:
            state.removeAll(keepingCapacity: true)
            state.append(bytes)
        case EventRecord.Crossing.processorDigest:
            digest.processor = Digest128(low: record.value, high: record.address)
        case EventRecord.Crossing.memoryDigest:
            digest.memory = Digest128(low: record.value, high: record.address)
        case Event.Kind.keyframe.rawValue:
            try appendKeyframe(record)
        case Event.Kind.end.rawValue:
            // The end gets its own chunk, so that a reader learns the outcome without unpacking other events.
            try flush()
            try appendEvent(record, bytes)
            try flush()
        default:
            try appendEvent(record, bytes)
        }
    }

    /// Takes events from the beginning of a list, as many as there are without bytes and before anything else.
    ///
    /// - Returns: how many it took.
    mutating func appendPlain(_ events: Span<EventRecord>) throws(TraceError) -> Int {
        let most = min(events.count, Limits.eventsPerChunk - records.count)
        var count = 0
        while count < most, events[count].isPlain { count += 1 }
        // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
        unsafe events.extracting(..<count).withUnsafeBufferPointer { unsafe records.append(contentsOf: $0) }
        nextEvent.rawValue += UInt64(count)
        if records.count == Limits.eventsPerChunk { try flush() }
        return count
    }

    /// Writes the events that are waiting.
    mutating func flush() throws(TraceError) {
        let first = firstWaiting
        try pages.flush(to: &output, at: first)
        guard !records.isEmpty else { return }
        let encoded = encoder.encode(records, payload: payload)
        let position = try output.write(.events, encoded, count: records.count, firstEvent: first)
        records.removeAll(keepingCapacity: true)
        payload.removeAll(keepingCapacity: true)
        try index.add(EventIndexEntry(firstEvent: first, position: position), to: &output)
    }

    /// Writes the rest, the indexes and the footer.
    mutating func finish() throws(TraceError) {
        try flush()
        try index.finish(eventCount: eventCount, to: &output, at: nextEvent)
    }

    private mutating func appendEvent(_ record: EventRecord, _ bytes: RawSpan) throws(TraceError) {
        records.append(record)
        payload.append(bytes)
        nextEvent.rawValue += 1
        if records.count == Limits.eventsPerChunk || payload.count >= Limits.payloadBytesPerChunk { try flush() }
    }

    /// A keyframe's chunks come before its event, which is the first of an event chunk.
    private mutating func appendKeyframe(_ record: EventRecord) throws(TraceError) {
        try flush()
        let number = UInt32(record.value)
        let isAnchor = number % Limits.stateAnchorInterval == 0
        if isAnchor { anchorState = state }
        let changed = pages.takeChanged()
        let kind = KeyframePosition(rawValue: record.detail) ?? .asynchronous
        let keyframe = KeyframeRecord(
            number: number,
            position: kind,
            digest: digest,
            changedPages: changed.count,
            tables: try writeTables(forKeyframe: number, changed: changed),
            stateBase: number % Limits.stateAnchorInterval,
            state: isAnchor ? state : KeyframeRecord.difference(state, from: anchorState)
        )
        let position = try output.write(
            .keyframe,
            keyframe.encoded(at: output.position),
            count: 1,
            firstEvent: nextEvent
        )
        let entry = KeyframeIndexEntry(event: nextEvent, position: position, kind: kind, digest: digest)
        try index.add(entry, to: &output)
        try appendEvent(record, RawSpan())
    }

    private mutating func writeTables(
        forKeyframe number: UInt32,
        changed: [UInt64]
    ) throws(TraceError) -> [KeyframeRecord.TablePart] {
        var own = changed[...]
        let entries = tables.pages(forKeyframe: number, changed: changed).map { page in
            let isOwn = own.first == page
            if isOwn { own.removeFirst() }
            return PageTable.Entry(page: page, location: pages.location(of: page), isOwn: isOwn)
        }
        var parts: [KeyframeRecord.TablePart] = []
        for start in stride(from: 0, to: entries.count, by: Limits.pageTableEntries) {
            let part = entries[start..<min(start + Limits.pageTableEntries, entries.count)]
            let position = output.position
            let encoded = PageTable.encode(part, at: position)
            try output.write(.pageTable, encoded, count: part.count, firstEvent: nextEvent)
            parts.append(KeyframeRecord.TablePart(firstPage: part[start].page, position: position))
        }
        return parts
    }

    /// Throws for a header that no reader would accept.
    private static func check(
        _ header: TraceHeader,
        _ encoded: [UInt8],
        symbols: Int,
        symbolBytes: Int
    ) throws(TraceError) {
        guard symbols <= Limits.symbols else {
            throw .overLimit(what: "number of symbols", value: UInt64(symbols), limit: UInt64(Limits.symbols))
        }
        guard symbolBytes <= Limits.symbolBytes else {
            let (size, limit) = (UInt64(symbolBytes), UInt64(Limits.symbolBytes))
            throw .overLimit(what: "size of the symbols", value: size, limit: limit)
        }
        guard encoded.count <= Limits.chunkBytes else {
            let (size, limit) = (UInt64(encoded.count), UInt64(Limits.chunkBytes))
            throw .overLimit(what: "size of the header", value: size, limit: limit)
        }
        do throws(ByteCodingError) {
            _ = try TraceHeader.decode(encoded.rawSpan)
        } catch {
            throw .invalidHeader(why: error.description)
        }
    }
}
