/// How much of what happened in each stretch of a run.
public struct Activity: Codable, Hashable, Sendable {
    /// What the stretches are stretches of.
    public enum Axis: String, Codable, CaseIterable, Hashable, Sendable {
        /// Host time, in milliseconds since the recording began.
        case time
        /// Ordinals of events.
        case events
    }

    /// One kind of thing that happened.
    public struct Series: Codable, Hashable, Sendable {
        /// What it is, for people.
        public var name: String
        /// How much of it there was in all stretches together.
        public var total: UInt64
        /// Pairs of a stretch's number and how much there was in it, for the stretches with any.
        public var counts: [UInt64]
    }

    /// What the stretches are stretches of.
    public var axis: Axis
    /// Where the first stretch begins.
    public var start: UInt64
    /// How long each stretch is.
    public var width: UInt64
    /// How many stretches there are.
    public var stretchCount: Int
    /// What happened, without the kinds of which there was nothing.
    public var series: [Series]
    /// For each stretch of time, the ordinal of its first event, or of the next one after it; empty for stretches of
    /// events.
    public var firstEvents: [UInt64]
}

/// Where an activity begins and how far it goes.
struct ActivityRange {
    var start: UInt64
    var end: UInt64

    /// Never more than this many stretches: a screen shows no more, and a report stays small whatever the trace.
    static let mostStretches: UInt64 = 4096

    init(start: UInt64, end: UInt64) {
        (self.start, self.end) = (start, end)
    }

    var width: UInt64 { max(1, (end - start + Self.mostStretches - 1) / Self.mostStretches) }
    var stretchCount: Int { Int(max(1, (end - start + width - 1) / width)) }

    func stretch(of place: UInt64) -> Int {
        place < start ? 0 : Int(min(UInt64(stretchCount - 1), (place - start) / width))
    }

    func union(_ other: Self) -> Self {
        Self(start: min(start, other.start), end: max(end, other.end))
    }
}
