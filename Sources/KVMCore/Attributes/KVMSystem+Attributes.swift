extension KVMSystem {
    /// Whether `/dev/kvm` has an attribute (`KVM_HAS_DEVICE_ATTR`; needs `KVM_CAP_SYS_ATTRIBUTES`).
    public func hasAttribute(_ attribute: DeviceAttribute) throws(KVMError) -> Bool {
        try descriptor.require(.systemAttributes, for: .hasAttribute, about: attribute.description)
        return try descriptor.hasAttribute(attribute)
    }

    /// Reads an attribute of `/dev/kvm` (`KVM_GET_DEVICE_ATTR`; needs `KVM_CAP_SYS_ATTRIBUTES`).
    ///
    /// - Parameter address: room for the attribute's value, of the size that the attribute defines.
    @unsafe public func getAttribute(
        _ attribute: DeviceAttribute,
        into address: UnsafeMutableRawPointer
    ) throws(KVMError) {
        try descriptor.require(.systemAttributes, for: .getAttribute, about: attribute.description)
        try unsafe descriptor.getAttribute(attribute, into: address)
    }

    /// The XSAVE components that guests can have, as in XCR0 (``DeviceAttribute/guestExtendedComponents``).
    public func guestExtendedComponents() throws(KVMError) -> UInt64 {
        var value: UInt64 = 0
        // SAFETY: the attribute has 64 bits.
        try unsafe getAttribute(.guestExtendedComponents, into: &value)
        return value
    }
}
