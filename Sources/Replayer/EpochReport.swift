public import TraceFormat

/// What a replay found of one stretch between two keyframes.
public struct EpochReport: Hashable, Sendable {
    /// The number of the keyframe that it begins with.
    public var number: Int
    /// From its keyframe to the next one, or to the last event of the trace.
    public var events: ClosedRange<EventOrdinal>
    /// How its end was reached.
    public var ending: Ending
    /// Seconds that it took.
    public var seconds: Double

    /// How the end of an epoch was reached.
    public enum Ending: String, Hashable, Sendable {
        /// By executing, and its state was the recorded one.
        case executed
        /// By restoring the recorded state: no proof that executing leads there.
        case jumped
        /// By restoring the recorded state where executing should have led to it and did not in time: it may be another.
        case unproved
        /// By executing to the end of the trace, behind the last recorded state.
        case end
    }
}

/// Notes the epochs of a replay as their ends are reached.
struct EpochLog {
    private var start: (number: Int, event: EventOrdinal, instant: ContinuousClock.Instant)?
    private(set) var epochs: [EpochReport] = []
    /// How many of the last ones have ends that were left aside: they are proved or not with the next end.
    private var passed = 0

    /// Begins the epoch of a keyframe.
    mutating func begin(_ number: Int, at event: EventOrdinal) {
        start = (number, event, .now)
    }

    /// Ends the present epoch, if there is one, and those before it whose ends were left aside.
    mutating func end(at event: EventOrdinal, _ ending: EpochReport.Ending) {
        for index in epochs.indices.suffix(passed) { epochs[index].ending = ending }
        passed = 0
        append(to: event, ending)
    }

    /// Leaves the end of the present epoch aside.
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
