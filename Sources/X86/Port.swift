/// An address in the processor's I/O space, 0 to 0xFFFF.
public struct Port: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The port's number.
    public var rawValue: UInt16

    /// Makes a port of its number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Makes a port of its number.
    public init(_ rawValue: UInt16) { self.rawValue = rawValue }

    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Hexadecimal with the prefix `0x`.
    public var description: String { "0x" + String(rawValue, radix: 16) }
}
