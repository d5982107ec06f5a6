public import X86

/// Memory that the guest touched and cannot be given as things are (`kvm_run::memory_fault`; KVM API documentation, section 5).
public struct MemoryFault: Hashable, Sendable {
    /// What kind of access it was.
    public var flags: Flags
    /// The first address of the range.
    public var address: GuestPhysicalAddress
    /// Bytes of the range: a page, or as many as one change of attributes mends.
    public var size: UInt64

    /// What kind of access it was.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_run::memory_fault.flags`.
        public var rawValue: UInt64

        /// Makes flags of their bits.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// The guest meant private memory; without it, shared memory (`KVM_MEMORY_EXIT_FLAG_PRIVATE`).
        public static let `private` = Self(rawValue: 1 << 3)
    }
}
