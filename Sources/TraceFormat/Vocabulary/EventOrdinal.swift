/// The position of an event in a trace, counted from 0.
public struct EventOrdinal: RawRepresentable, Comparable, Hashable, Sendable, CustomStringConvertible {
    /// The number of events before this one.
    public var rawValue: UInt64

    /// Makes an ordinal of a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes an ordinal of a number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders by position.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Decimal.
    public var description: String { String(rawValue) }
}
