public import X86

/// What a memory slot maps, and where (`struct kvm_userspace_memory_region`).
public struct MemoryRegion: Hashable, Sendable {
    /// First guest-physical address; page-aligned.
    public var guestAddress: GuestPhysicalAddress
    /// The address of the first byte in this process; page-aligned.
    public var hostAddress: UInt
    /// The size in bytes; a multiple of the page size.
    public var size: UInt64
    /// Write protection and dirty logging.
    public var flags: MemoryFlags

    /// The size of a page, to which everything here is aligned.
    public static let pageSize: UInt64 = 4096

    /// The address after the last byte.
    var guestEnd: UInt64 { guestAddress.rawValue + size }
}
