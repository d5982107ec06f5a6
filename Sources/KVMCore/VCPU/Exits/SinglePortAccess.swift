public import X86

/// A port access of one element, as nearly all are.
public struct SinglePortAccess: Hashable, Sendable {
    /// Which port.
    public let port: Port
    /// 1, 2 or 4 bytes.
    public let size: AccessSize
    /// Whether the guest wrote. Otherwise it waits for ``VCPU/answerSinglePortRead(_:)``.
    public let isWrite: Bool
    /// What the guest wrote, zero-extended; 0 for a read.
    public let value: UInt32
}
