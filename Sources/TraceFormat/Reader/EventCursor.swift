import ByteCoding
public import X86

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
        if place == chunk.count {
            guard try readChunk() else { return nil }
        }
        let event = try chunk.event(place, of: reader.file)
        if !chunk.isSoundExit(place) { try check(event) }
        place += 1
        position.rawValue += 1
        return event
    }

    /// Reads the chunk of the next event; false if there is none.
    private mutating func readChunk() throws(TraceError) -> Bool {
        guard reader.events.contains(position) else {
            if let loss = reader.loss, position == reader.events.upperBound { throw loss }
            return false
        }
        // If something fails below, the cursor holds no chunk, and tries again next time.
        chunk.clear()
        place = 0
        let (entry, end) = try reader.index.eventStretch(with: position)
        try chunk.read(reader.file, entry, to: end)
        place = Int(position.rawValue - entry.firstEvent.rawValue)
        return true
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
        if ordinal.rawValue >= first, ordinal.rawValue - first < UInt64(chunk.count) {
            place = Int(ordinal.rawValue - first)
        } else {
            chunk.clear()
            place = 0
        }
        position = ordinal
    }
}

// MARK: Exits in one go

extension EventCursor {
    /// How many exits come next, one after another, that cannot end a run, as far as one chunk has them.
    ///
    /// - Parameters:
    ///   - end: one past the last event that counts.
    ///   - milliseconds: how many milliseconds after `time` the last one may be.
    /// - Throws: as ``next()``.
    public mutating func plainExits(
        before end: EventOrdinal,
        within milliseconds: UInt32,
        of time: UInt32
    ) throws(TraceError) -> Int {
        if place == chunk.count {
            guard try readChunk() else { return 0 }
        }
        let last = place + Int(min(UInt64(chunk.count - place), end.rawValue - min(end.rawValue, position.rawValue)))
        return chunk.plainExits(from: place, before: last, within: milliseconds, of: time)
    }

    /// So many of the exits that ``plainExits(before:within:of:)`` has counted.
    @_lifetime(borrow self)
    public func exits(_ count: Int) -> Span<ExitRecord> { chunk.exits(place..<place + count) }

    /// The time of one of these exits.
    public func time(ofExit index: Int) -> UInt32 { chunk.record(place + index).time }

    /// Moves past some of these exits.
    public mutating func skip(exits count: Int) {
        place += count
        position.rawValue += UInt64(count)
    }
}

extension TraceReader {
    /// The error for an event that cannot be where it is, in the chunk at a position of the file.
    fileprivate func misplaced(_ recorded: RecordedEvent, _ position: UInt64, why: String) -> TraceError {
        .corrupt(path: path, chunk: "event \(recorded.ordinal) of the event chunk", offset: position, why: why)
    }
}
