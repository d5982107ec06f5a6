public import X86

/// What a memory slot maps where (`struct kvm_userspace_memory_region`).
public struct MemoryRegion: Hashable, Sendable {
    /// First guest-physical address; page-aligned.
    public var guestAddress: GuestPhysicalAddress
    /// Address in this process of the first byte; page-aligned.
    public var hostAddress: UInt
    /// Bytes; a multiple of the page size.
    public var size: UInt64
    /// Write protection and dirty logging.
    public var flags: MemoryFlags

    /// The size of a page, the unit of everything here.
    public static let pageSize: UInt64 = 4096

    /// The address behind the last byte.
    var guestEnd: UInt64 { guestAddress.rawValue + size }
}
