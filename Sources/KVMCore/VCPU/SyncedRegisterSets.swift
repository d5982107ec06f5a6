/// Sets of registers that `kvm_run` can carry, which saves a call for each (`KVM_CAP_SYNC_REGS`).
public struct SyncedRegisterSets: OptionSet, Hashable, Sendable {
    /// As in `kvm_run::kvm_valid_regs`.
    public var rawValue: UInt64

    /// Makes a set of its bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// ``Registers``.
    public static let general = Self(rawValue: 1 << 0)
    /// ``SpecialRegisters``.
    public static let special = Self(rawValue: 1 << 1)
    /// ``VCPUEvents``.
    public static let events = Self(rawValue: 1 << 2)
}
