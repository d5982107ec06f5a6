/// An event as a trace stores it: with its position, its time, and where the guest was.
public struct RecordedEvent: Hashable, Sendable {
    /// Position in the trace.
    public var ordinal: EventOrdinal
    /// Milliseconds of host time since the recording began, modulo 2^32.
    public var time: UInt32
    /// RIP as the exit reported it; 0 for events that are not exits.
    public var rip: UInt64
    /// Instructions that were executed since the event before; nil in a trace without such counts.
    public var instructions: UInt64?
    /// What happened.
    public var event: Event

    /// Makes a recorded event of its parts.
    public init(ordinal: EventOrdinal, time: UInt32, rip: UInt64, instructions: UInt64? = nil, event: Event) {
        self.ordinal = ordinal
        self.time = time
        self.rip = rip
        self.instructions = instructions
        self.event = event
    }
}
