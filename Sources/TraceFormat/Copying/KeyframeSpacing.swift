/// How far apart to keep the keyframes of a copy that no replay needs. Seeking to a moment takes at most this much
/// longer.
public struct KeyframeSpacing: Hashable, Sendable {
    /// Milliseconds of the recording, or nil for no limit.
    public var milliseconds: UInt32?
    /// Events, or nil for no limit.
    public var events: UInt64?

    /// Keeps a keyframe when either has passed since the one before.
    public init(milliseconds: UInt32?, events: UInt64?) {
        self.milliseconds = milliseconds
        self.events = events
    }

    /// Whether to keep a keyframe. `previous` is the last one that was kept.
    func isReached(by event: RecordedEvent, since previous: RecordedEvent) -> Bool {
        if let milliseconds, event.time &- previous.time >= milliseconds { return true }
        if let events, event.ordinal.rawValue - previous.ordinal.rawValue >= events { return true }
        return false
    }
}
