public import TraceFormat
public import X86

/// The first place where two recordings differ.
public struct FirstDifference: Sendable {
    /// What differs.
    public enum Kind: Hashable, Sendable {
        /// The events themselves: the guest did something else, or was given something else.
        case event
        /// The same input came at a different moment between two exits.
        case moment
        /// The recorded states differ after the same events.
        case state
    }

    /// What differs.
    public var kind: Kind
    /// What the first run has at the place.
    public var first: Side
    /// What the second run has at the place.
    public var second: Side
    /// Registers that differ after the place. The expected values are the first run's.
    public var registers: [ProcessorState.Difference] = []
    /// Memory that differs after the place.
    public var pages: [Divergence.PageDifference] = []
    /// How many pages differ. This may be more than are listed.
    public var pageCount = 0
    /// What could not be found out, and why.
    public var remarks: [String] = []

    /// How many events before the place are shown for each run.
    static let contextLength = 10

    /// What one of the two runs has at the place.
    public struct Side: Sendable {
        /// The last event that is equal in both runs; nil if the very first one differs.
        public var before: EventOrdinal?
        /// The event that differs; nil if the trace has no more events.
        public var event: RecordedEvent?
        /// The keyframe whose state differs, or in whose state the event happened if it happened between two exits.
        public var keyframe: Int?
        /// The moment of the event. Its instructions are counted if this host can step.
        public var moment: Moment?
        /// The instruction that made the event, or the one that an interrupt came before.
        public var instruction: CodeListing.Line?
        /// The last input that was given to this run but not to the other.
        public var input: RecordedEvent?
        /// The events before the place, oldest first, without keyframes.
        public var context: [RecordedEvent] = []
        /// For a run that is not a trace: what it did instead of an event, in words.
        public var account: String?
    }
}
