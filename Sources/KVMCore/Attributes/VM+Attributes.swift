extension VM {
    /// Whether the VM has an attribute (`KVM_HAS_DEVICE_ATTR`; needs `KVM_CAP_VM_ATTRIBUTES`).
    public func hasAttribute(_ attribute: DeviceAttribute) throws(KVMError) -> Bool {
        try descriptor.require(.vmAttributes, for: .hasAttribute, about: attribute.description)
        return try descriptor.hasAttribute(attribute)
    }

    /// Reads an attribute of the VM (`KVM_GET_DEVICE_ATTR`; needs `KVM_CAP_VM_ATTRIBUTES`).
    ///
    /// - Parameter address: room for the attribute's value, of the size that the attribute defines.
    @unsafe public func getAttribute(
        _ attribute: DeviceAttribute,
        into address: UnsafeMutableRawPointer
    ) throws(KVMError) {
        try descriptor.require(.vmAttributes, for: .getAttribute, about: attribute.description)
        try unsafe descriptor.getAttribute(attribute, into: address)
    }

    /// Sets an attribute of the VM (`KVM_SET_DEVICE_ATTR`; needs `KVM_CAP_VM_ATTRIBUTES`).
    ///
    /// - Parameter address: the attribute's value, of the size that the attribute defines.
    @unsafe public func setAttribute(
        _ attribute: DeviceAttribute,
        from address: UnsafeRawPointer
    ) throws(KVMError) {
        try descriptor.require(.vmAttributes, for: .setAttribute, about: attribute.description)
        try unsafe descriptor.setAttribute(attribute, from: address)
    }
}
