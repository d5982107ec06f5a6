import ByteCoding

/// An entry of an event index: one event chunk.
struct EventIndexEntry: Equatable {
    var firstEvent: EventOrdinal
    var position: UInt64

    static func encode(_ entries: [Self]) -> [UInt8] {
        var writer = ByteWriter(capacity: entries.count * 6)
        var (event, position): (UInt64, UInt64) = (0, 0)
        for entry in entries {
            writer.writeVarint(entry.firstEvent.rawValue - event)
            writer.writeVarint(entry.position - position)
            (event, position) = (entry.firstEvent.rawValue, entry.position)
        }
        return writer.bytes
    }

    /// Reads entries for chunks within `range` of the file.
    static func decode(
        _ cursor: inout ByteCursor,
        count: Int,
        in range: Range<UInt64>
    ) throws(ByteCodingError) -> [Self] {
        var entries: [Self] = []
        var (event, position): (UInt64, UInt64) = (0, 0)
        for index in 0..<count {
            event = try cursor.readStep(from: event, mayBeZero: index == 0)
            position = try cursor.readPosition(after: entries.last?.position, in: range)
            entries.append(Self(firstEvent: try EventOrdinal(decoding: event), position: position))
        }
        return entries
    }
}

/// An entry of a keyframe index: one keyframe. Its number follows from its place.
struct KeyframeIndexEntry: Equatable {
    var event: EventOrdinal
    var position: UInt64
    var kind: KeyframePosition
    var digest: StateDigest

    static func encode(_ entries: [Self]) -> [UInt8] {
        var writer = ByteWriter(capacity: entries.count * 42)
        var (event, position): (UInt64, UInt64) = (0, 0)
        for entry in entries {
            writer.writeVarint(entry.event.rawValue - event)
            writer.writeVarint(entry.position - position)
            writer.write(entry.kind.rawValue)
            entry.digest.encode(to: &writer)
            (event, position) = (entry.event.rawValue, entry.position)
        }
        return writer.bytes
    }

    /// Reads entries for chunks within `range` of the file.
    static func decode(
        _ cursor: inout ByteCursor,
        count: Int,
        in range: Range<UInt64>
    ) throws(ByteCodingError) -> [Self] {
        var entries: [Self] = []
        var (event, position): (UInt64, UInt64) = (0, 0)
        for index in 0..<count {
            event = try cursor.readStep(from: event, mayBeZero: index == 0)
            position = try cursor.readPosition(after: entries.last?.position, in: range)
            let rawKind: UInt8 = try cursor.read()
            guard let kind = KeyframePosition(rawValue: rawKind) else {
                throw .invalidValue(field: "keyframe position", value: UInt64(rawKind))
            }
            entries.append(
                Self(
                    event: try EventOrdinal(decoding: event),
                    position: position,
                    kind: kind,
                    digest: try StateDigest(from: &cursor)
                )
            )
        }
        return entries
    }
}

/// The payload of the root index: the counts, and the chunks of the two indexes.
struct RootRecord: Equatable {
    var eventCount: UInt64
    var keyframeCount: UInt64
    /// The event index chunks: the first event that each lists, and its position.
    var eventParts: [EventIndexEntry]
    /// The keyframe index chunks: the event of the first keyframe that each lists, and its position.
    var keyframeParts: [EventIndexEntry]

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.writeVarint(eventCount)
        writer.writeVarint(keyframeCount)
        for parts in [eventParts, keyframeParts] {
            writer.writeVarint(UInt64(parts.count))
            writer.write(bytes: EventIndexEntry.encode(parts))
        }
        return writer.bytes
    }

    /// Whether this number of index chunks can list this many events and keyframes.
    func isPlausible(from firstEvent: EventOrdinal) -> Bool {
        let events = UInt64(eventParts.count * Limits.indexEntries * Limits.eventsPerChunk)
        let keyframes = UInt64(keyframeParts.count * Limits.indexEntries)
        return eventCount <= events && keyframeCount <= min(keyframes, eventCount, UInt64(UInt32.max))
            && eventCount <= Limits.eventOrdinals - firstEvent.rawValue
    }

    /// Reads the payload of a chunk at `position`.
    init(decoding payload: RawSpan, at position: UInt64) throws(ByteCodingError) {
        var cursor = ByteCursor(payload)
        let before = UInt64(FilePrefix.byteCount)..<max(position, UInt64(FilePrefix.byteCount))
        eventCount = try cursor.readVarint()
        keyframeCount = try cursor.readVarint()
        eventParts = try .init(from: &cursor, in: before)
        keyframeParts = try .init(from: &cursor, in: before)
        try cursor.expectEnd()
    }

    init(
        eventCount: UInt64,
        keyframeCount: UInt64,
        eventParts: [EventIndexEntry],
        keyframeParts: [EventIndexEntry]
    ) {
        self.eventCount = eventCount
        self.keyframeCount = keyframeCount
        self.eventParts = eventParts
        self.keyframeParts = keyframeParts
    }
}

extension [EventIndexEntry] {
    /// Reads the number of entries, and then the entries.
    fileprivate init(from cursor: inout ByteCursor, in range: Range<UInt64>) throws(ByteCodingError) {
        self = try EventIndexEntry.decode(&cursor, count: cursor.readCount(limit: Limits.chunkBytes), in: range)
    }
}

extension ByteCursor {
    /// Reads the position of the next chunk in a list, stored as the distance from the previous one. Chunks do not
    /// overlap, so a list of them takes no more memory than the chunks take in the file.
    fileprivate mutating func readPosition(
        after previous: UInt64?,
        in range: Range<UInt64>
    ) throws(ByteCodingError) -> UInt64 {
        let position = try readStep(from: previous ?? 0, mayBeZero: false)
        let start = previous.map { $0 + UInt64(ChunkHeader.byteCount) } ?? range.lowerBound
        guard position >= start, range.contains(position) else {
            throw .invalidValue(field: "chunk position", value: position)
        }
        return position
    }

    /// Reads the distance from `value` to a larger number, and returns that number.
    fileprivate mutating func readStep(from value: UInt64, mayBeZero: Bool) throws(ByteCodingError) -> UInt64 {
        let step = try readVarint()
        let (next, overflow) = value.addingReportingOverflow(step)
        guard !overflow, mayBeZero || step > 0 else { throw .invalidValue(field: "index step", value: step) }
        return next
    }
}
