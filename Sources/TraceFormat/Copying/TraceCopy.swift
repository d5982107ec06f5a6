/// The result of copying a trace.
public struct TraceCopy: Hashable, Sendable {
    /// The ordinal of its first event.
    public var firstEvent: EventOrdinal
    /// The number of its events, including its end.
    public var eventCount: UInt64
    /// The number of its keyframes.
    public var keyframeCount: UInt64
    /// Its size in bytes.
    public var byteCount: UInt64
    /// The fault in the trace at which it ends, if any.
    public var fault: TraceError?

    /// One past its last event.
    public var nextEvent: EventOrdinal { EventOrdinal(firstEvent.rawValue + eventCount) }
}
