public import TraceFormat

/// What a redaction has blanked, what it has kept, and what of the recording cannot be seen any more.
public struct RedactionReport: Sendable {
    /// The pieces of input that are zeros in the redacted trace, in order.
    public var blanked: [RecordedInput]
    /// The pieces that are there still, in order.
    public var kept: [KeptInput]
    /// The keyframes whose state is not the recording's, and those that were left out because it would not be: their events, in
    /// order.
    public var changedKeyframes: [EventOrdinal]
    /// What the redacted trace holds.
    public var summary: TraceSummary
}
