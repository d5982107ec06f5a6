import CKVM
public import X86

/// How a VM that can have private memory uses a range of it.
public struct MemoryAttributes: OptionSet, Hashable, Sendable {
    /// As in `kvm_memory_attributes::attributes`.
    public var rawValue: UInt64

    /// Makes attributes of their bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The range is private to the guest and comes from the ``GuestMemoryFile`` behind its slot
    /// (`KVM_MEMORY_ATTRIBUTE_PRIVATE`).
    public static let `private` = Self(rawValue: 1 << 3)
}

extension VM {
    /// Sets how a range of guest memory is used (`KVM_SET_MEMORY_ATTRIBUTES`; needs `KVM_CAP_MEMORY_ATTRIBUTES`, which
    /// only VMs of some types have).
    ///
    /// - Parameters:
    ///   - attributes: the range's attributes from now on; the default is none.
    ///   - address: the first byte; page-aligned.
    ///   - size: bytes; a multiple of the page size, not zero.
    public func setMemoryAttributes(
        _ attributes: MemoryAttributes,
        from address: GuestPhysicalAddress,
        size: UInt64
    ) throws(KVMError) {
        let subject = "\(size) bytes at \(address)"
        let known = try descriptor.require(.memoryAttributes, for: .setMemoryAttributes, about: subject)
        guard MemoryAttributes(rawValue: UInt64(known)).isSuperset(of: attributes) else {
            throw KVMError(
                .setMemoryAttributes,
                refused: "this VM has no attributes other than 0x\(String(known, radix: 16))",
                about: subject
            )
        }
        guard size > 0, size % MemoryRegion.pageSize == 0, address.rawValue % MemoryRegion.pageSize == 0 else {
            throw KVMError(.setMemoryAttributes, refused: "the range must be whole pages", about: subject)
        }
        let value = ckvm_memory_attributes(
            address: address.rawValue,
            size: size,
            attributes: attributes.rawValue,
            flags: 0
        )
        try descriptor.call(.setMemoryAttributes, reading: value, about: subject)
    }
}
