import CKVM

/// GDTR or IDTR (`struct kvm_dtable`).
public struct DescriptorTable: Hashable, Sendable {
    /// Linear address of the table.
    public var base: UInt64
    /// Offset of the table's last byte.
    public var limit: UInt16

    /// Makes a table register of its parts.
    public init(base: UInt64 = 0, limit: UInt16 = 0) {
        self.base = base
        self.limit = limit
    }

    init(_ table: kvm_dtable) {
        self.init(base: table.base, limit: table.limit)
    }

    var kernelValue: kvm_dtable {
        kvm_dtable(base: base, limit: limit, padding: (0, 0, 0))
    }
}
