public import X86

/// IA32_APIC_BASE (Intel SDM vol. 3, 11.4.4). The local APIC is a device, but where it is, what CPUID says of it, and CR8, which is
/// a register of its too, are the processor's: every engine follows them in this way, since a replay has no APIC that could.
public struct LocalAPICBase: RawRepresentable, Hashable, Sendable {
    /// The register.
    public let rawValue: UInt64

    /// A value of the register.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// What a WRMSR that is not refused makes of it.
    public init(writing value: UInt64) { self.init(rawValue: value | Self.bootstrapProcessor) }

    /// The register's number.
    public static let number: UInt32 = 0x1B
    /// After a reset: enabled, at 0xFEE00000.
    public static let reset = Self(rawValue: 0xFEE0_0000 | enable | bootstrapProcessor)

    private static let bootstrapProcessor: UInt64 = 1 << 8
    private static let enable: UInt64 = 1 << 11
    private static let addressMask: UInt64 = ~0xFFF
    /// TPR's place among the APIC's registers; its upper half is CR8 (11.8.6.1).
    private static let taskPriorityOffset: UInt64 = 0x80

    /// What a store of some bytes gives CR8; nil where it is none to the task priority.
    public func taskPriority(storing value: UInt64, length: UInt8, at address: GuestPhysicalAddress) -> UInt8? {
        guard length == 4, rawValue & Self.enable != 0,
            address.rawValue == rawValue & Self.addressMask + Self.taskPriorityOffset
        else { return nil }
        return UInt8(truncatingIfNeeded: value >> 4 & 0xF)
    }
}
