/// How much of the end of a run a trace keeps.
public enum RingPolicy: Hashable, Sendable {
    /// The last nanoseconds of host time: at least as many, and less than twice as many and the time between two keyframes.
    case time(nanoseconds: UInt64)
    /// The last bytes: about as many at most, and half as many at least. More by what is written in one flush interval and
    /// between two keyframes.
    case size(bytes: UInt64)
}
