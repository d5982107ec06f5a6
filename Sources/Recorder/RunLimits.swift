/// The limits at which a guest is stopped if it has not stopped by itself.
public struct RunLimits: Sendable {
    /// The limit of host time, in seconds.
    public var seconds: Double?
    /// The maximum number of events in the trace.
    public var events: UInt64?
    /// The maximum size of the trace in bytes. The state at the end is added to this.
    public var bytes: UInt64?
    /// The text on the guest's console that stops it.
    public var consoleText: String?

    /// Sets only the given limits.
    public init(seconds: Double? = nil, events: UInt64? = nil, bytes: UInt64? = nil, consoleText: String? = nil) {
        self.seconds = seconds
        self.events = events
        self.bytes = bytes
        self.consoleText = consoleText
    }
}
