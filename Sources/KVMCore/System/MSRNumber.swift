/// The number of a model-specific register, as in ECX for RDMSR.
public struct MSRNumber: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number.
    public var rawValue: UInt32

    /// Makes a number of its value.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Makes a number of its value.
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Hexadecimal with the prefix `0x`.
    public var description: String { "0x" + String(rawValue, radix: 16) }
}
