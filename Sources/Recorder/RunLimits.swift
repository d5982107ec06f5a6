/// When a guest is stopped that has not stopped by itself.
public struct RunLimits: Sendable {
    /// Seconds of host time.
    public var seconds: Double?
    /// Events of the trace.
    public var events: UInt64?
    /// Bytes of the trace. The state at the end comes on top.
    public var bytes: UInt64?
    /// Text on the guest's console.
    public var consoleText: String?

    /// No limits but those given.
    public init(seconds: Double? = nil, events: UInt64? = nil, bytes: UInt64? = nil, consoleText: String? = nil) {
        self.seconds = seconds
        self.events = events
        self.bytes = bytes
        self.consoleText = consoleText
    }
}
