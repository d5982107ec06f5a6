/// An address in guest-physical memory, in bytes.
public struct GuestPhysicalAddress: RawRepresentable, Hashable, Comparable, Sendable {
    /// The address as a number.
    public var rawValue: UInt64

    /// Makes an address of a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes an address of a number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders by address.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A linear address of the guest: what its own paging translates.
public struct GuestVirtualAddress: RawRepresentable, Hashable, Comparable, Sendable {
    /// The address as a number.
    public var rawValue: UInt64

    /// Makes an address of a number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Makes an address of a number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Orders by address.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension GuestPhysicalAddress: CustomStringConvertible {
    /// Hexadecimal with the prefix `0x`.
    public var description: String { "0x" + String(rawValue, radix: 16) }
}

extension GuestVirtualAddress: CustomStringConvertible {
    /// Hexadecimal with the prefix `0x`.
    public var description: String { "0x" + String(rawValue, radix: 16) }
}
