import ByteCoding

/// Reads the events of a trace in order. It decodes one chunk at a time and allocates nothing per event, except for
/// events with bytes or text.
public struct EventCursor {
    private let reader: TraceReader
    private var chunk: EventChunk
    /// Position in the chunk.
    private var place = 0

    /// The ordinal of the event that ``next()`` returns.
    public private(set) var position: EventOrdinal

    init(_ reader: TraceReader, _ first: EventOrdinal) {
        self.reader = reader
        chunk = EventChunk(countsInstructions: reader.header.recording.countsInstructions)
        position = first
    }

    /// The next event; nil after the last.
    ///
    /// - Throws: `.corrupt`, `.truncated` or `.io`; the cursor then stays where it was. Events after bad bytes throw
    ///   instead of ending the sequence: see ``TraceReader/loss``.
    public mutating func next() throws(TraceError) -> RecordedEvent? {
        if place == chunk.records.count {
            guard reader.events.contains(position) else {
                if let loss = reader.loss, position == reader.events.upperBound { throw loss }
                return nil
            }
            // If something fails below, the cursor holds no chunk, and tries again next time.
            chunk.clear()
            place = 0
            let (entry, end) = try reader.index.eventStretch(with: position)
            try chunk.read(reader.file, entry, to: end)
            place = Int(position.rawValue - entry.firstEvent.rawValue)
        }
        let event = try chunk.event(place, of: reader.file)
        try check(event)
        place += 1
        position.rawValue += 1
        return event
    }

    /// Checks that an event may be where it is: nothing follows the end, and a keyframe is where the index has it.
    private func check(_ recorded: RecordedEvent) throws(TraceError) {
        switch recorded.event {
        case .end where recorded.ordinal.rawValue + 1 < reader.events.upperBound.rawValue:
            throw reader.misplaced(recorded, chunk.position, why: "events follow the end of the recording")
        case .keyframe(let number, let position):
            guard number < reader.keyframeCount, case let entry = try reader.keyframeEntry(Int(number)),
                entry.event == recorded.ordinal, entry.position == position
            else {
                throw reader.misplaced(recorded, chunk.position, why: "keyframe \(number) is not the one that is there")
            }
        default: break
        }
    }

    /// Moves to another event, backward or forward.
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

extension TraceReader {
    /// The error for an event that cannot be where it is, in the chunk at a position of the file.
    fileprivate func misplaced(_ recorded: RecordedEvent, _ position: UInt64, why: String) -> TraceError {
        .corrupt(path: path, chunk: "event \(recorded.ordinal) of the event chunk", offset: position, why: why)
    }
}
