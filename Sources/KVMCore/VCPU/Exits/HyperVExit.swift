/// A Hyper-V call or register (`struct kvm_hyperv_exit`).
public enum HyperVExit: Hashable, Sendable {
    /// The synthetic interrupt controller (`KVM_EXIT_HYPERV_SYNIC`).
    case syntheticInterrupts(msr: MSRNumber, control: UInt64, eventPage: UInt64, messagePage: UInt64)
    /// A hypercall: answer with ``VCPU/answerHypercall(_:)`` (`KVM_EXIT_HYPERV_HCALL`).
    case hypercall(input: UInt64, parameters: [UInt64])
    /// The synthetic debugger (`KVM_EXIT_HYPERV_SYNDBG`).
    case debugger(
        msr: MSRNumber,
        control: UInt64,
        status: UInt64,
        sendPage: UInt64,
        receivePage: UInt64,
        pendingPage: UInt64
    )
    /// A type that is newer than this code.
    case unsupported(type: UInt32)
}
