/// What a finished trace holds.
public struct TraceSummary: Hashable, Sendable {
    /// The number of events, including keyframes and the end.
    public var eventCount: UInt64
    /// The number of keyframes.
    public var keyframeCount: UInt64
    /// The size of the file in bytes.
    public var byteCount: UInt64
}
