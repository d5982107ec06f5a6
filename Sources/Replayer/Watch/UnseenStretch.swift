public import TraceFormat

/// From a moment to another, with nothing known of what is in between.
public struct UnseenStretch: Hashable, Sendable, CustomStringConvertible {
    /// The moment before.
    public var start: Moment
    /// The moment after.
    public var end: Moment

    /// Both moments.
    public var description: String { "\(start) to \(end)" }
}
