public import X86

/// One stretch of guest-physical addresses that host memory answers.
///
/// The processor never owns memory: whoever makes it keeps the bytes mapped as long as the processor lives.
@safe
public struct MemoryRegion {
    /// Guest-physical address of the first byte; a multiple of 4096.
    public var address: GuestPhysicalAddress
    /// Bytes; a multiple of 4096.
    public var size: UInt64
    /// Where the first byte is in host memory.
    public var host: UnsafeMutableRawPointer
    /// The guest cannot change it: its stores leave the processor as accesses to a device do.
    public var isReadOnly: Bool

    /// Makes a region of its parts; `host` must stay valid for `size` bytes.
    public init(
        address: GuestPhysicalAddress,
        size: UInt64,
        host: UnsafeMutableRawPointer,
        isReadOnly: Bool = false
    ) {
        self.address = address
        self.size = size
        unsafe self.host = host
        self.isReadOnly = isReadOnly
    }

    /// Whether all of `count` bytes at `address` are in this region.
    func contains(_ address: UInt64, count: Int) -> Bool {
        address >= self.address.rawValue && UInt64(count) <= size
            && address - self.address.rawValue <= size - UInt64(count)
    }
}
