public import TraceFormat

/// Where a value came from.
public struct Origin: Sendable {
    /// The moment at which the value was looked at.
    public var moment: Moment
    /// The value's bytes, and the steps that wrote them.
    public var value: [OriginStep.Source]
    /// The steps, the last one first.
    public var steps: [OriginStep]
    /// See ``Timeline/missedLandings``.
    public var missedLandings: [EventOrdinal]
    /// What has gone otherwise than asked for, one line each.
    public var notes: [String]
}

/// How far an origin is followed.
public struct OriginLimits: Hashable, Sendable {
    /// The most steps one behind another.
    public var depth = 64
    /// The most steps in all.
    public var steps = 256
    /// Whether registers of addresses and the flags of conditional moves are followed too.
    public var followsSelectors = false

    /// The usual limits.
    public init() {}

    /// Limits of their parts.
    public init(depth: Int, steps: Int, followsSelectors: Bool) {
        (self.depth, self.steps, self.followsSelectors) = (depth, steps, followsSelectors)
    }
}
