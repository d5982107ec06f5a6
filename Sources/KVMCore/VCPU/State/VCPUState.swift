/// The whole state of a vCPU as one value. Two vCPUs with equal states continue equally.
///
/// Take it only when no exit is pending: see ``VCPU/completePendingExit()``.
public struct VCPUState: Hashable, Sendable {
    /// General registers.
    public var registers: Registers
    /// Segment, table and control registers.
    public var specialRegisters: SpecialRegisters
    /// x87 and SSE registers if the host has no `KVM_CAP_XSAVE`; otherwise nil, because they are in ``xsave``.
    public var floatingPoint: FloatingPointState?
    /// All register files that XSAVE knows, including x87 and SSE; nil if the host has no `KVM_CAP_XSAVE`.
    public var xsave: XSaveArea?
    /// XCR0; empty if the host has no `KVM_CAP_XCRS`.
    public var extendedControlRegisters: [ExtendedControlRegister]
    /// The requested model-specific registers.
    public var modelSpecificRegisters: [MSREntry]
    /// What is on its way into the processor.
    public var events: VCPUEvents
    /// The guest's debug registers.
    public var debugRegisters: DebugRegisters
    /// Whether it executes or waits.
    public var mpState: MPState
}
