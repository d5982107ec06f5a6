/// What a copy of a trace takes over, and how it is stored.
public struct TraceCopyOptions: Sendable {
    /// The events to take; nil for all. The copy begins at the last keyframe at or before the first of them, so that it
    /// replays by itself, and has an end of its own where it ends before the trace does.
    public var events: ClosedRange<EventOrdinal>?
    /// Whether to spend time on packing: half again as small, a tenth as fast.
    public var packsTightly: Bool
    /// Which of the synchronous keyframes to take; nil for all. The first and the last are taken in any case, and every
    /// asynchronous one: a replay needs it to land.
    public var spacing: KeyframeSpacing?
    /// Whether a fault in the trace ends the copy, which is then whole up to there, instead of making it fail.
    public var keepsUpToFault: Bool

    /// Everything, as a recorder would write it.
    public init(
        events: ClosedRange<EventOrdinal>? = nil,
        packsTightly: Bool = false,
        spacing: KeyframeSpacing? = nil,
        keepsUpToFault: Bool = false
    ) {
        self.events = events
        self.packsTightly = packsTightly
        self.spacing = spacing
        self.keepsUpToFault = keepsUpToFault
    }
}
