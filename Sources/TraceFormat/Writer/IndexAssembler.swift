/// Collects where event chunks and keyframes are, and writes this out piece by piece. So memory does not grow with the
/// trace, and a reader needs only the pieces that it looks into.
struct IndexAssembler {
    private(set) var keyframeCount: UInt64 = 0
    private var events: [EventIndexEntry] = []
    private var keyframes: [KeyframeIndexEntry] = []
    private var eventParts: [EventIndexEntry] = []
    private var keyframeParts: [EventIndexEntry] = []

    mutating func add(_ entry: EventIndexEntry, to output: inout ChunkOutput) throws(TraceError) {
        events.append(entry)
        if events.count == Limits.indexEntries { try flushEvents(to: &output) }
    }

    mutating func add(_ entry: KeyframeIndexEntry, to output: inout ChunkOutput) throws(TraceError) {
        keyframes.append(entry)
        keyframeCount += 1
        if keyframes.count == Limits.indexEntries { try flushKeyframes(to: &output) }
    }

    /// Writes the rest, the root index and the footer. `event` is one past the last event.
    mutating func finish(
        eventCount: UInt64,
        to output: inout ChunkOutput,
        at event: EventOrdinal
    ) throws(TraceError) {
        try flushEvents(to: &output)
        try flushKeyframes(to: &output)
        let root = RootRecord(
            eventCount: eventCount,
            keyframeCount: keyframeCount,
            eventParts: eventParts,
            keyframeParts: keyframeParts
        )
        let position = try output.write(.root, root.encoded, count: 1, firstEvent: event)
        try output.writeFooter(rootPosition: position)
    }

    private mutating func flushEvents(to output: inout ChunkOutput) throws(TraceError) {
        guard let first = events.first else { return }
        let payload = EventIndexEntry.encode(events)
        let position = try output.write(.eventIndex, payload, count: events.count, firstEvent: first.firstEvent)
        eventParts.append(EventIndexEntry(firstEvent: first.firstEvent, position: position))
        events.removeAll(keepingCapacity: true)
    }

    private mutating func flushKeyframes(to output: inout ChunkOutput) throws(TraceError) {
        guard let first = keyframes.first else { return }
        let payload = KeyframeIndexEntry.encode(keyframes)
        let position = try output.write(.keyframeIndex, payload, count: keyframes.count, firstEvent: first.event)
        keyframeParts.append(EventIndexEntry(firstEvent: first.event, position: position))
        keyframes.removeAll(keepingCapacity: true)
    }
}
