/// Why an access to a model-specific register left the guest.
public struct MSRExitReasons: OptionSet, Hashable, Sendable {
    /// As in `kvm_run::msr.reason`.
    public var rawValue: UInt32

    /// Makes reasons of their bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// KVM knows the register and would raise #GP (`KVM_MSR_EXIT_REASON_INVAL`).
    public static let invalid = Self(rawValue: 1 << 0)
    /// KVM does not know the register (`KVM_MSR_EXIT_REASON_UNKNOWN`).
    public static let unknown = Self(rawValue: 1 << 1)
    /// The ``MSRFilter`` denies it (`KVM_MSR_EXIT_REASON_FILTER`).
    public static let filter = Self(rawValue: 1 << 2)
}
