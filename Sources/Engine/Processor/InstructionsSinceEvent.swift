/// The instructions that the guest has executed since the last event that has a count of its own: an exit, a keyframe,
/// or an input between two exits.
public struct InstructionsSinceEvent: Sendable {
    /// Whether the counts are compared with those of the trace.
    public var areCompared = true
    /// The count of the last event that the guest has reached. It is 0 for an input right after an exit.
    @inlinable public var atLastEvent: UInt64 { last }

    @usableFromInline var last: UInt64 = 0
    /// The engine's count at the last event with a count of its own.
    @usableFromInline var start: UInt64 = 0

    /// Starts with an engine that has counted nothing.
    public init() {}

    /// Starts at a state that was put into the machine.
    public mutating func begin(at retired: UInt64?) { (start, last) = (retired ?? 0, 0) }

    /// The count at the present moment.
    @inlinable public func count(at retired: UInt64) -> UInt64 { retired &- start }

    /// Notes that the guest has reached an event with a count of its own, and returns the count.
    @inlinable
    public mutating func reach(at retired: UInt64) -> UInt64 {
        last = count(at: retired)
        start = retired
        return last
    }

    /// Goes on with these counts after the engine's own count has become another one at the same moment of the run.
    public mutating func move(from earlier: UInt64?, to retired: UInt64?) {
        start = (retired ?? 0) &- count(at: earlier ?? 0)
    }

    /// Notes that the guest has reached an event right after another one.
    public mutating func pass() { last = 0 }
}
