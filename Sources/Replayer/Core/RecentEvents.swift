internal import TraceFormat

/// The last few events of a replay, for its report. It keeps only which they are: a report reads them again.
struct RecentEvents {
    private static let capacity: UInt64 = 10

    private var first: EventOrdinal?
    private var end = EventOrdinal(0)
    /// Whether the last event is a triple fault.
    private(set) var endWithTripleFault = false

    init() {}

    /// The last events up to a keyframe, as a replay from the beginning would have them.
    init(upTo keyframe: EventOrdinal, of reader: TraceReader) {
        first = reader.header.firstEvent
        end = EventOrdinal(keyframe.rawValue + 1)
    }

    mutating func append(_ event: RecordedEvent) {
        append(exits: 1, from: event.ordinal)
        endWithTripleFault = event.event.kind == .tripleFault
    }

    /// Appends exits, none of which is a triple fault.
    mutating func append(exits count: Int, from start: EventOrdinal) {
        first = first ?? start
        end = EventOrdinal(start.rawValue + UInt64(count))
        endWithTripleFault = false
    }

    /// The events of a trace, oldest first.
    func inOrder(in reader: TraceReader) -> [RecordedEvent] {
        guard let first else { return [] }
        let start = max(first.rawValue, end.rawValue - min(end.rawValue, Self.capacity))
        var cursor = reader.events(from: EventOrdinal(start))
        var events: [RecordedEvent] = []
        // They were read before, so no error is likely, and a report can go without them.
        while cursor.position < end, let event = try? cursor.next() { events.append(event) }
        return events
    }
}
