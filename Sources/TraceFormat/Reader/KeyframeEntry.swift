public import ByteCoding

/// A keyframe, as the index lists it.
public struct KeyframeEntry: Hashable, Sendable {
    /// The number of keyframes before this one.
    public var number: UInt32
    /// The keyframe's event.
    public var event: EventOrdinal
    /// How a replay reaches it.
    public var position: KeyframePosition
    /// The digest of the state.
    public var digest: StateDigest
}
