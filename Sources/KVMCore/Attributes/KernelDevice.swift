import CKVM
import SystemPackage

/// A device in the kernel that has a descriptor of its own (`KVM_CREATE_DEVICE`; KVM API documentation, section 4.79).
public struct KernelDevice: ~Copyable, Sendable {
    let descriptor: Descriptor
    /// The kind of device.
    public let kind: Kind

    /// The kind of a device (`KVM_DEV_TYPE_*`).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// KVM's number for it.
        public var rawValue: UInt32

        /// Makes a kind of KVM's number for it.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The device that ties VFIO's groups to a VM (`KVM_DEV_TYPE_VFIO`), the only kind that x86 hosts have.
        public static let vfio = Self(rawValue: 4)
    }

    /// Whether the device has an attribute (`KVM_HAS_DEVICE_ATTR`).
    public func hasAttribute(_ attribute: DeviceAttribute) throws(KVMError) -> Bool {
        try descriptor.hasAttribute(attribute)
    }

    /// Reads an attribute of the device (`KVM_GET_DEVICE_ATTR`).
    ///
    /// - Parameter address: room for the attribute's value, of the size that the attribute defines.
    @unsafe public func getAttribute(
        _ attribute: DeviceAttribute,
        into address: UnsafeMutableRawPointer
    ) throws(KVMError) {
        try unsafe descriptor.getAttribute(attribute, into: address)
    }

    /// Sets an attribute of the device (`KVM_SET_DEVICE_ATTR`).
    ///
    /// - Parameter address: the attribute's value, of the size that the attribute defines.
    @unsafe public func setAttribute(
        _ attribute: DeviceAttribute,
        from address: UnsafeRawPointer
    ) throws(KVMError) {
        try unsafe descriptor.setAttribute(attribute, from: address)
    }
}

extension VM {
    /// Makes a device in the kernel (`KVM_CREATE_DEVICE`).
    ///
    /// - Throws: ENODEV if the host has no device of that kind; EEXIST if the VM has one and cannot have a second; a
    ///   lack of `KVM_CAP_DEVICE_CTRL` if the host does not know the request and lacks this capability.
    public func createDevice(_ kind: KernelDevice.Kind) throws(KVMError) -> KernelDevice {
        let value = try makeDevice(kind, flags: 0)
        return KernelDevice(
            descriptor: Descriptor(owning: CInt(bitPattern: value.fd), host: descriptor.host),
            kind: kind
        )
    }

    /// Whether the host has a kind of device; makes none (`KVM_CREATE_DEVICE_TEST`).
    public func canCreateDevice(_ kind: KernelDevice.Kind) throws(KVMError) -> Bool {
        do {
            _ = try makeDevice(kind, flags: UInt32(KVM_CREATE_DEVICE_TEST))
            return true
        } catch {
            guard error.errno == .operationNotSupportedByDevice else { throw error }
            return false
        }
    }

    private func makeDevice(_ kind: KernelDevice.Kind, flags: UInt32) throws(KVMError) -> kvm_create_device {
        let subject = "type \(kind.rawValue)"
        var value = kvm_create_device(type: kind.rawValue, fd: 0, flags: flags)
        do {
            try descriptor.call(.createDevice, with: &value, about: subject)
        } catch {
            // The capability is not checked first: kernels up to 6.1 have the request on x86 and report that they lack
            // it.
            guard error.errno == .inappropriateIOCTLForDevice, try check(.deviceControl) <= 0 else { throw error }
            throw KVMError(.createDevice, lacks: .deviceControl, about: subject)
        }
        return value
    }
}
