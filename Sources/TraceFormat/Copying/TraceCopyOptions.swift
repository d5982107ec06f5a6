/// What a copy of a trace contains, and how it is stored.
public struct TraceCopyOptions: Sendable {
    /// The events to copy; nil for all. The copy begins at the last keyframe at or before the first of them, so that it
    /// can be replayed. If it ends before the trace does, it gets an end of its own.
    public var events: ClosedRange<EventOrdinal>?
    /// Whether to spend more time on compression: the copy is a third smaller and takes ten times as long.
    public var packsTightly: Bool
    /// Which of the synchronous keyframes to keep; nil for all. The first and the last are always kept, and so is every
    /// asynchronous one, because a replay needs it to land.
    public var spacing: KeyframeSpacing?
    /// How many instructions were executed before each event, since the one before it, for all of the trace's events in
    /// order; nil to keep what the trace says. The copy says that it counts them.
    public var instructions: [UInt64]?
    /// The leaves of CPUID that the guest reads, if the trace has an end; nil to keep what the trace says.
    public var readLeaves: Set<UInt32>?
    /// Whether a fault in the trace ends the copy, which is complete up to there, instead of making it fail.
    public var keepsUpToFault: Bool

    /// Copies everything, in the form in which a recorder would write it.
    public init(
        events: ClosedRange<EventOrdinal>? = nil,
        packsTightly: Bool = false,
        spacing: KeyframeSpacing? = nil,
        instructions: [UInt64]? = nil,
        readLeaves: Set<UInt32>? = nil,
        keepsUpToFault: Bool = false
    ) {
        self.events = events
        self.packsTightly = packsTightly
        self.spacing = spacing
        self.instructions = instructions
        self.readLeaves = readLeaves
        self.keepsUpToFault = keepsUpToFault
    }
}
