import ByteCoding
import Synchronization

/// Where the events and keyframes of a trace are, either from its own index, which is read piece by piece, or from a
/// scan.
final class TraceIndex: Sendable {
    /// The events that exist.
    let events: Range<EventOrdinal>
    let keyframeCount: UInt64
    private let file: TraceFile
    private let source: Source
    private let eventPieces = Mutex<[UInt64: [EventIndexEntry]]>([:])
    private let keyframePieces = Mutex<[UInt64: [KeyframeIndexEntry]]>([:])

    enum Source {
        case root(RootRecord)
        case scan(events: [EventIndexEntry], keyframes: [KeyframeIndexEntry])
    }

    /// How many decoded pieces are kept; a piece has at most 64 KiB.
    private static let keptPieces = 64

    init(file: TraceFile, firstEvent: EventOrdinal, root: RootRecord) {
        self.file = file
        events = firstEvent..<EventOrdinal(firstEvent.rawValue + root.eventCount)
        keyframeCount = root.keyframeCount
        source = .root(root)
    }

    init(
        file: TraceFile,
        range: Range<EventOrdinal>,
        events: [EventIndexEntry],
        keyframes: [KeyframeIndexEntry]
    ) {
        self.file = file
        self.events = range
        keyframeCount = UInt64(keyframes.count)
        source = .scan(events: events, keyframes: keyframes)
    }

    var eventCount: UInt64 { events.upperBound.rawValue - events.lowerBound.rawValue }

    /// The chunk that contains this event, which must exist.
    func eventChunk(with event: EventOrdinal) throws(TraceError) -> EventIndexEntry {
        try eventStretch(with: event).chunk
    }

    /// The same, with one past the chunk's last event.
    func eventStretch(with event: EventOrdinal) throws(TraceError) -> (chunk: EventIndexEntry, end: EventOrdinal) {
        let entries: [EventIndexEntry]
        var end = events.upperBound
        switch source {
        case .scan(let chunks, _):
            entries = chunks
        case .root(let root):
            let part = root.eventParts.partition(where: { $0.firstEvent <= event }) - 1
            guard part >= 0 else { throw inconsistent("event index", "no part of it has event \(event)") }
            entries = try eventPiece(part, of: root)
            if part + 1 < root.eventParts.count { end = root.eventParts[part + 1].firstEvent }
        }
        let place = entries.partition(where: { $0.firstEvent <= event }) - 1
        guard place >= 0 else { throw inconsistent("event index", "event \(event) is missing") }
        return (entries[place], place + 1 < entries.count ? entries[place + 1].firstEvent : end)
    }

    /// The keyframe of this number, which must exist. Its event must be one of the trace's, and there must be enough
    /// events before it for those of the keyframes before.
    func keyframe(_ number: UInt64) throws(TraceError) -> KeyframeIndexEntry {
        let entry = try storedKeyframe(number)
        guard events.contains(entry.event), entry.event.rawValue - events.lowerBound.rawValue >= number else {
            throw inconsistent("keyframe index", "keyframe \(number) cannot be at event \(entry.event)")
        }
        return entry
    }

    private func storedKeyframe(_ number: UInt64) throws(TraceError) -> KeyframeIndexEntry {
        switch source {
        case .scan(_, let keyframes):
            return keyframes[Int(number)]
        case .root(let root):
            let part = Int(number) / Limits.indexEntries
            guard part < root.keyframeParts.count else { throw inconsistent("keyframe index", "a part is missing") }
            let entries = try keyframePiece(part, of: root)
            let place = Int(number) % Limits.indexEntries
            guard place < entries.count else { throw inconsistent("keyframe index", "an entry is missing") }
            return entries[place]
        }
    }

    private func eventPiece(_ number: Int, of root: RootRecord) throws(TraceError) -> [EventIndexEntry] {
        let part = root.eventParts[number]
        if let known = eventPieces.withLock({ $0[part.position] }) { return known }
        let entries = try piece(.eventIndex, number, of: root.eventParts) {
            cursor,
            count,
            range throws(ByteCodingError) in
            try EventIndexEntry.decode(&cursor, count: count, in: range)
        }
        eventPieces.withLock { pieces in
            if pieces.count >= Self.keptPieces { pieces.removeAll() }
            pieces[part.position] = entries
        }
        return entries
    }

    private func keyframePiece(_ number: Int, of root: RootRecord) throws(TraceError) -> [KeyframeIndexEntry] {
        let part = root.keyframeParts[number]
        if let known = keyframePieces.withLock({ $0[part.position] }) { return known }
        let entries = try piece(
            .keyframeIndex,
            number,
            of: root.keyframeParts
        ) { cursor, count, range throws(ByteCodingError) in
            try KeyframeIndexEntry.decode(&cursor, count: count, in: range)
        }
        keyframePieces.withLock { pieces in
            if pieces.count >= Self.keptPieces { pieces.removeAll() }
            pieces[part.position] = entries
        }
        return entries
    }

    /// Reads an index chunk. The chunks that it lists must be between the previous index chunk of its type and itself,
    /// so no chunk is listed twice.
    private func piece<Entry>(
        _ type: ChunkType,
        _ number: Int,
        of parts: [EventIndexEntry],
        _ decode: (inout ByteCursor, Int, Range<UInt64>) throws(ByteCodingError) -> [Entry]
    ) throws(TraceError) -> [Entry] {
        let position = parts[number].position
        let start = number > 0 ? parts[number - 1].position : UInt64(FilePrefix.byteCount)
        let (header, payload) = try file.chunk(type, at: position)
        return try file.decode(header) { () throws(ByteCodingError) in
            var cursor = ByteCursor(payload.rawSpan)
            let entries = try decode(&cursor, header.count, start..<position)
            try cursor.expectEnd()
            return entries
        }
    }

    private func inconsistent(_ chunk: String, _ why: String) -> TraceError {
        .corrupt(path: file.path, chunk: chunk, offset: file.size, why: why)
    }
}

extension Array {
    /// How many elements at the beginning fulfil a condition that no later element fulfils.
    func partition(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
