/// How far apart the keyframes of a copy are that no replay needs: the most that it takes longer to come to a moment.
public struct KeyframeSpacing: Hashable, Sendable {
    /// Milliseconds of the recording, or nil for no limit.
    public var milliseconds: UInt32?
    /// Events, or nil for no limit.
    public var events: UInt64?

    /// A keyframe where either has passed since the one before.
    public init(milliseconds: UInt32?, events: UInt64?) {
        self.milliseconds = milliseconds
        self.events = events
    }

    /// Whether a keyframe is to be kept, `previous` being the last that was.
    func isReached(by event: RecordedEvent, since previous: RecordedEvent) -> Bool {
        if let milliseconds, event.time &- previous.time >= milliseconds { return true }
        if let events, event.ordinal.rawValue - previous.ordinal.rawValue >= events { return true }
        return false
    }
}
