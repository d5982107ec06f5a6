import TraceFormat

/// The instructions before each event of a trace, as a replay counted them.
final class InstructionCounts {
    /// In the order of the events.
    private(set) var values: [UInt64] = []

    /// All together.
    var total: UInt64 { values.reduce(0, &+) }

    /// Notes an event that a replay has reached. The first event of the trace begins a new replay.
    func add(_ recorded: RecordedEvent, first: EventOrdinal) {
        if recorded.ordinal == first { values.removeAll(keepingCapacity: true) }
        values.append(recorded.instructions ?? 0)
    }
}
