/// What a copy of a trace has become.
public struct TraceCopy: Hashable, Sendable {
    /// The ordinal of its first event.
    public var firstEvent: EventOrdinal
    /// Events that it holds; its end is one.
    public var eventCount: UInt64
    /// Keyframes that it holds.
    public var keyframeCount: UInt64
    /// Its size.
    public var byteCount: UInt64
    /// The fault in the trace at which it ends, if it does.
    public var fault: TraceError?

    /// One past its last event.
    public var nextEvent: EventOrdinal { EventOrdinal(firstEvent.rawValue + eventCount) }
}
