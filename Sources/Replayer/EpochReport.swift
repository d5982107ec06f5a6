public import TraceFormat

/// What a replay found out about one stretch between two keyframes.
public struct EpochReport: Hashable, Sendable {
    /// The number of the epoch's first keyframe.
    public var number: Int
    /// The events from its keyframe to the next one, or to the last event of the trace.
    public var events: ClosedRange<EventOrdinal>
    /// How the end of the epoch was reached.
    public var ending: Ending
    /// How many seconds the epoch took.
    public var seconds: Double

    /// How the end of an epoch was reached.
    public enum Ending: String, Hashable, Sendable {
        /// By executing, and the state was the recorded one.
        case executed
        /// By restoring the recorded state. This does not prove that executing leads there.
        case jumped
        /// By restoring the recorded state because executing did not reach it in time, although it should have.
        /// Executing may lead to another state.
        case unproved
        /// By executing to the end of the trace, past the last recorded state.
        case end
    }
}

/// Records the epochs of a replay as it reaches their ends.
struct EpochLog {
    private var start: (number: Int, event: EventOrdinal, instant: ContinuousClock.Instant)?
    private(set) var epochs: [EpochReport] = []
    /// How many of the last epochs have an end that was passed over. The next end decides whether they are proved.
    private var passed = 0

    /// Begins the epoch of a keyframe.
    mutating func begin(_ number: Int, at event: EventOrdinal) {
        start = (number, event, .now)
    }

    /// Ends the present epoch, if there is one, and the preceding ones whose ends were passed over.
    mutating func end(at event: EventOrdinal, _ ending: EpochReport.Ending) {
        for index in epochs.indices.suffix(passed) { epochs[index].ending = ending }
        passed = 0
        append(to: event, ending)
    }

    /// Passes over the end of the present epoch.
    mutating func pass(at event: EventOrdinal) {
        let count = epochs.count
        append(to: event, .end)
        passed += epochs.count - count
    }

    private mutating func append(to event: EventOrdinal, _ ending: EpochReport.Ending) {
        guard let start, start.event < event else { return }
        let seconds = start.instant.duration(to: .now) / .seconds(1)
        epochs.append(EpochReport(number: start.number, events: start.event...event, ending: ending, seconds: seconds))
        self.start = nil
    }
}
