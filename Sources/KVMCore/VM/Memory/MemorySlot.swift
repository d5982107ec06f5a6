/// The number of a memory slot of a VM: bits 0 to 15 the slot, 16 to 31 the address space (0; 1 is SMM).
public struct MemorySlot: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number.
    public var rawValue: UInt32

    /// Makes a slot of its number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Makes a slot of its number.
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The address space. Slots of different address spaces may overlap.
    var addressSpace: UInt32 { rawValue >> 16 }

    /// The number within the address space.
    var index: UInt32 { rawValue & 0xFFFF }
}
