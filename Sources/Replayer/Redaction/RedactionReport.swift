public import TraceFormat

/// What a redaction has blanked, what it has kept, and which parts of the recording can no longer be seen.
public struct RedactionReport: Sendable {
    /// The pieces of input that are zeros in the redacted trace, in order.
    public var blanked: [RecordedInput]
    /// The pieces that are still in the redacted trace, in order.
    public var kept: [KeptInput]
    /// The events of keyframes whose state is not the recording's, and of keyframes that were left out because their
    /// state would differ. They are in order.
    public var changedKeyframes: [EventOrdinal]
    /// What the redacted trace holds.
    public var summary: TraceSummary
}
