/// How a memory slot is accessed.
public struct MemoryFlags: OptionSet, Hashable, Sendable {
    /// As in `kvm_userspace_memory_region::flags`.
    public var rawValue: UInt32

    /// Makes flags of their bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The kernel logs which pages the guest writes to (`KVM_MEM_LOG_DIRTY_PAGES`).
    public static let logDirtyPages = Self(rawValue: 1 << 0)
    /// The guest's writes exit as MMIO and change nothing (`KVM_MEM_READONLY`).
    public static let readOnly = Self(rawValue: 1 << 1)
    /// Private pages come from a ``GuestMemoryFile``. Only the method that takes such a file sets this
    /// (`KVM_MEM_GUEST_MEMFD`).
    public static let guestMemoryFile = Self(rawValue: 1 << 2)
}
