/// What one replay of some epochs is to do.
public struct EpochRequest: Sendable {
    /// Which epochs: a range of existing ones, not empty. Epoch *n* goes from keyframe *n* to the next one, and the last one to
    /// the end of the trace.
    public var epochs: Range<Int>
    /// What the guest's last exit before the first epoch lets follow, if another replay knows. Otherwise it is looked for in the
    /// trace, which does not find a byte that the keyboard controller waits for.
    public var sequel: GuestSequel?
    /// How often a landing may look at most whether the guest is there.
    public var mostLooks: Int
    /// Whether each event is to be noted, rather than how many exits there were.
    public var wantsEvents: Bool

    /// A replay of these epochs.
    public init(
        _ epochs: Range<Int>,
        after sequel: GuestSequel? = nil,
        mostLooks: Int = .max,
        wantsEvents: Bool = false
    ) {
        self.epochs = epochs
        self.sequel = sequel
        self.mostLooks = mostLooks
        self.wantsEvents = wantsEvents
    }
}
