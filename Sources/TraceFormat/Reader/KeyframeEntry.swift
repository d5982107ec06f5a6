public import ByteCoding

/// A keyframe, as the index lists it.
public struct KeyframeEntry: Hashable, Sendable {
    /// Keyframes before this one.
    public var number: UInt32
    /// The keyframe's event.
    public var event: EventOrdinal
    /// How a replay comes to it.
    public var position: KeyframePosition
    /// Of the state.
    public var digest: StateDigest
}
