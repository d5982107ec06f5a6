/// What a finished trace holds.
public struct TraceSummary: Hashable, Sendable {
    /// Events, keyframes and the end among them.
    public var eventCount: UInt64
    /// Keyframes.
    public var keyframeCount: UInt64
    /// Bytes of the file.
    public var byteCount: UInt64
}
