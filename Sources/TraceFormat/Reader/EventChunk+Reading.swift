import ByteCoding

extension EventChunk {
    /// Reads the chunk of an index entry. Event `end` follows its events.
    mutating func read(_ file: TraceFile, _ entry: EventIndexEntry, to end: EventOrdinal) throws(TraceError) {
        clear()
        let (header, payload) = try file.chunk(.events, at: entry.position)
        guard header.firstEvent == entry.firstEvent,
            entry.firstEvent.rawValue + UInt64(header.count) == end.rawValue
        else {
            throw file.corrupt(header, why: "the index describes another chunk")
        }
        try read(file, header, payload)
    }

    /// Decodes a chunk's payload.
    mutating func read(_ file: TraceFile, _ header: ChunkHeader, _ payload: [UInt8]) throws(TraceError) {
        try file.decode(header) { () throws(ByteCodingError) in try decode(payload.rawSpan, count: header.count) }
        firstEvent = header.firstEvent
        position = header.position
        guard count == 1 || !contains(.end) else {
            clear()
            throw file.corrupt(header, why: "the end is not in a chunk of its own")
        }
    }

    /// The event at a place in the chunk that was read last, from `file`.
    func event(_ place: Int, of file: TraceFile) throws(TraceError) -> RecordedEvent {
        let record = record(place)
        let bytes = payload.rawSpan.extracting(share(place))
        let ordinal = EventOrdinal(firstEvent.rawValue + UInt64(place))
        do throws(ByteCodingError) {
            let event = try record.event(payload: bytes, isSound: isSoundExit(place))
            return RecordedEvent(
                ordinal: ordinal,
                time: record.time,
                rip: record.rip,
                instructions: countsInstructions ? record.instructions : nil,
                event: event
            )
        } catch {
            throw corrupt(ordinal, of: file, error)
        }
    }

    /// The end, if the chunk that was read last begins with it.
    func end(of file: TraceFile) throws(TraceError) -> EndRecord? {
        guard try event(0, of: file).event.kind == .end else { return nil }
        do throws(ByteCodingError) {
            return try EndRecord(decoding: payload.rawSpan.extracting(share(0)))
        } catch {
            throw corrupt(firstEvent, of: file, error)
        }
    }

    private func corrupt(_ ordinal: EventOrdinal, of file: TraceFile, _ error: ByteCodingError) -> TraceError {
        .corrupt(
            path: file.path,
            chunk: "event \(ordinal) of the event chunk",
            offset: position,
            why: error.description
        )
    }
}
