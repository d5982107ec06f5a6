/// The multiprocessor state of a vCPU (`KVM_GET_MP_STATE`).
public struct MPState: RawRepresentable, Hashable, Sendable {
    /// KVM's number for it.
    public var rawValue: UInt32

    /// Makes a state of KVM's number for it.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Executes (`KVM_MP_STATE_RUNNABLE`).
    public static let runnable = Self(rawValue: 0)
    /// Waits for INIT (`KVM_MP_STATE_UNINITIALIZED`). This state and those below need an interrupt controller in the
    /// kernel.
    public static let uninitialized = Self(rawValue: 1)
    /// Waits for a start-up interrupt (`KVM_MP_STATE_INIT_RECEIVED`).
    public static let initReceived = Self(rawValue: 2)
    /// Waits in HLT (`KVM_MP_STATE_HALTED`).
    public static let halted = Self(rawValue: 3)
    /// Has received a start-up interrupt (`KVM_MP_STATE_SIPI_RECEIVED`).
    public static let startupReceived = Self(rawValue: 4)
}
