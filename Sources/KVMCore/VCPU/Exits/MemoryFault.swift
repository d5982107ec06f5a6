public import X86

/// Memory that the guest accessed but cannot have in its present form (`kvm_run::memory_fault`; KVM API documentation,
/// section 5).
public struct MemoryFault: Hashable, Sendable {
    /// The kind of access.
    public var flags: Flags
    /// The first address of the range.
    public var address: GuestPhysicalAddress
    /// The size of the range in bytes: one page, or as many as one change of attributes can fix.
    public var size: UInt64

    /// The kind of access.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// As in `kvm_run::memory_fault.flags`.
        public var rawValue: UInt64

        /// Makes flags of their bits.
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// The guest meant private memory; if not set, shared memory (`KVM_MEMORY_EXIT_FLAG_PRIVATE`).
        public static let `private` = Self(rawValue: 1 << 3)
    }
}
