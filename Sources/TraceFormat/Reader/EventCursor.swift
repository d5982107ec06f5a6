import ByteCoding

/// Reads the events of a trace in order. Takes apart one chunk at a time and allocates nothing per event, except for
/// events that carry bytes or text.
public struct EventCursor {
    private let reader: TraceReader
    private var chunk = EventChunk()
    /// Position in the chunk.
    private var place = 0

    /// The ordinal of the event that ``next()`` gives.
    public private(set) var position: EventOrdinal

    init(_ reader: TraceReader, _ first: EventOrdinal) {
        self.reader = reader
        position = first
    }

    /// The next event; nil after the last.
    ///
    /// - Throws: `.corrupt`, `.truncated` or `.io`; after that the cursor still stands where it stood. Events that stood
    ///   behind bad bytes are not the end: see ``TraceReader/loss``.
    public mutating func next() throws(TraceError) -> RecordedEvent? {
        if place == chunk.records.count {
            guard reader.events.contains(position) else {
                if let loss = reader.loss, position == reader.events.upperBound { throw loss }
                return nil
            }
            // Whatever fails below: the cursor then holds no chunk, and tries again the next time.
            chunk.clear()
            place = 0
            let entry = try reader.index.eventChunk(with: position)
            try chunk.read(reader.file, entry)
            let skipped = position.rawValue - entry.firstEvent.rawValue
            guard skipped < UInt64(chunk.records.count) else {
                chunk.clear()
                throw .corrupt(
                    path: reader.path,
                    chunk: "event index",
                    offset: entry.position,
                    why: "event \(position) is missing"
                )
            }
            place = Int(skipped)
        }
        let event = try chunk.event(place, of: reader.file)
        place += 1
        position.rawValue += 1
        return event
    }

    /// Goes to another event, back or forth.
    public mutating func seek(to ordinal: EventOrdinal) {
        let first = position.rawValue - UInt64(place)
        if ordinal.rawValue >= first, ordinal.rawValue - first < UInt64(chunk.records.count) {
            place = Int(ordinal.rawValue - first)
        } else {
            chunk.clear()
            place = 0
        }
        position = ordinal
    }
}
