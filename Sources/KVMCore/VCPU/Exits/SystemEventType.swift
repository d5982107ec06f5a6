/// What a guest or its kernel requests of the whole system (`KVM_SYSTEM_EVENT_*`).
public struct SystemEventType: RawRepresentable, Hashable, Sendable {
    /// KVM's number for it.
    public var rawValue: UInt32

    /// Makes a type of KVM's number for it.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `KVM_SYSTEM_EVENT_SHUTDOWN`.
    public static let shutdown = Self(rawValue: 1)
    /// `KVM_SYSTEM_EVENT_RESET`.
    public static let reset = Self(rawValue: 2)
    /// `KVM_SYSTEM_EVENT_CRASH`.
    public static let crash = Self(rawValue: 3)
    /// `KVM_SYSTEM_EVENT_WAKEUP`.
    public static let wakeUp = Self(rawValue: 4)
    /// `KVM_SYSTEM_EVENT_SUSPEND`.
    public static let suspend = Self(rawValue: 5)
    /// `KVM_SYSTEM_EVENT_SEV_TERM`.
    public static let encryptedGuestTerminated = Self(rawValue: 6)
    /// `KVM_SYSTEM_EVENT_TDX_FATAL`.
    public static let trustDomainFatal = Self(rawValue: 7)
}
