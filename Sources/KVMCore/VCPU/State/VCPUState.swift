/// The whole state of a vCPU as one value: what has to be equal for two vCPUs to go on equally.
///
/// Take it only when no exit is pending: see ``VCPU/completePendingExit()``.
public struct VCPUState: Hashable, Sendable {
    /// General registers.
    public var registers: Registers
    /// Segment, table and control registers.
    public var specialRegisters: SpecialRegisters
    /// x87 and SSE registers, where the host has no `KVM_CAP_XSAVE`; else nil: they are in ``xsave``.
    public var floatingPoint: FloatingPointState?
    /// All register files that XSAVE knows, x87 and SSE among them; nil where the host has no `KVM_CAP_XSAVE`.
    public var xsave: XSaveArea?
    /// XCR0; empty where the host has no `KVM_CAP_XCRS`.
    public var extendedControlRegisters: [ExtendedControlRegister]
    /// Model-specific registers, those that were asked for.
    public var modelSpecificRegisters: [MSREntry]
    /// What is on its way into the processor.
    public var events: VCPUEvents
    /// The guest's debug registers.
    public var debugRegisters: DebugRegisters
    /// Whether it executes or waits.
    public var mpState: MPState
}
