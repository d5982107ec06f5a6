public import TraceFormat
public import X86

/// The first place where two recordings differ.
public struct FirstDifference: Sendable {
    /// What differs.
    public enum Kind: Hashable, Sendable {
        /// What the guest did, or was given: the events themselves.
        case event
        /// The same input came at another moment between two exits.
        case moment
        /// The recorded states, after the same events.
        case state
    }

    /// What differs.
    public var kind: Kind
    /// One run's side of it.
    public var first: Side
    /// The other run's side.
    public var second: Side
    /// Registers that differ behind the place: expected is the first run's.
    public var registers: [ProcessorState.Difference] = []
    /// Memory that differs there.
    public var pages: [Divergence.PageDifference] = []
    /// How many pages differ, which may be more than are listed.
    public var pageCount = 0
    /// What could not be found out, and why.
    public var remarks: [String] = []

    /// Events before the place that are shown of each run.
    static let contextLength = 10

    /// What one of the two runs has at the place.
    public struct Side: Sendable {
        /// The last event that is equal in both; nil where the first one differs.
        public var before: EventOrdinal?
        /// The event that differs; nil where the trace has none any more.
        public var event: RecordedEvent?
        /// The keyframe in whose state it happened, where it happened between two exits, or whose state differs.
        public var keyframe: Int?
        /// When: instructions are counted where this host can step.
        public var moment: Moment?
        /// The instruction that made the event, or that an interrupt came before.
        public var instruction: CodeListing.Line?
        /// The last input that this run was given and the other was not.
        public var input: RecordedEvent?
        /// The events before, oldest first, without keyframes.
        public var context: [RecordedEvent] = []
        /// What was done instead of an event, in words: of a run that is no trace.
        public var account: String?
    }
}
