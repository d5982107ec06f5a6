extension VCPU {
    /// Whether the vCPU has an attribute (`KVM_HAS_DEVICE_ATTR`; needs `KVM_CAP_VCPU_ATTRIBUTES`).
    public func hasAttribute(_ attribute: DeviceAttribute) throws(KVMError) -> Bool {
        try requireAttributes(for: .hasAttribute, attribute)
        return try descriptor.hasAttribute(attribute)
    }

    /// Reads an attribute of the vCPU (`KVM_GET_DEVICE_ATTR`; needs `KVM_CAP_VCPU_ATTRIBUTES`).
    ///
    /// - Parameter address: room for the attribute's value, of the size that the attribute defines.
    @unsafe public func getAttribute(
        _ attribute: DeviceAttribute,
        into address: UnsafeMutableRawPointer
    ) throws(KVMError) {
        try requireAttributes(for: .getAttribute, attribute)
        try unsafe descriptor.getAttribute(attribute, into: address)
    }

    /// Sets an attribute of the vCPU (`KVM_SET_DEVICE_ATTR`; needs `KVM_CAP_VCPU_ATTRIBUTES`).
    ///
    /// - Parameter address: the attribute's value, of the size that the attribute defines.
    @unsafe public mutating func setAttribute(
        _ attribute: DeviceAttribute,
        from address: UnsafeRawPointer
    ) throws(KVMError) {
        try requireAttributes(for: .setAttribute, attribute)
        try unsafe descriptor.setAttribute(attribute, from: address)
    }

    /// The offset that is added to the host's time-stamp counter for the guest (``DeviceAttribute/tscOffset``).
    public func tscOffset() throws(KVMError) -> UInt64 {
        var value: UInt64 = 0
        // SAFETY: the attribute has 64 bits.
        try unsafe getAttribute(.tscOffset, into: &value)
        return value
    }

    /// Sets the offset that is added to the host's time-stamp counter for the guest (``DeviceAttribute/tscOffset``).
    public mutating func setTSCOffset(_ offset: UInt64) throws(KVMError) {
        var value = offset
        // SAFETY: the attribute has 64 bits.
        try unsafe setAttribute(.tscOffset, from: &value)
    }

    private func requireAttributes(for request: Request, _ attribute: DeviceAttribute) throws(KVMError) {
        guard features.hasAttributes else {
            throw KVMError(request, lacks: .vcpuAttributes, about: attribute.description)
        }
    }
}
