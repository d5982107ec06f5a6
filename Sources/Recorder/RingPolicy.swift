/// How much of the end of a run a trace keeps.
public enum RingPolicy: Hashable, Sendable {
    /// The last part by host time, in nanoseconds. The trace keeps at least this much. It keeps less than twice this
    /// much plus the time between two keyframes.
    case time(nanoseconds: UInt64)
    /// The last part by size, in bytes. The trace keeps at most about this much and at least half of it. It can exceed
    /// this by what is written in one flush interval and between two keyframes.
    case size(bytes: UInt64)
}
