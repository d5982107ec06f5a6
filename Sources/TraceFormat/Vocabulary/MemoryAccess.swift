public import X86

/// One access to a guest-physical address outside memory (MMIO).
public struct MemoryAccess: Hashable, Sendable {
    /// Address of the first byte.
    public var address: GuestPhysicalAddress
    /// The number of bytes, 1 to 8.
    public var length: UInt8
    /// The data, little-endian, zero-extended.
    public var value: UInt64

    /// Makes an access of its parts.
    public init(address: GuestPhysicalAddress, length: UInt8, value: UInt64) {
        self.address = address
        self.length = length
        self.value = value
    }
}
