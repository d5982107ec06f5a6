import CKVM
import SystemPackage

extension Descriptor {
    /// Whether an attribute exists (`KVM_HAS_DEVICE_ATTR`).
    func hasAttribute(_ attribute: DeviceAttribute) throws(KVMError) -> Bool {
        do {
            try transfer(.hasAttribute, attribute, address: 0)
            return true
        } catch {
            guard error.errno == .noSuchAddressOrDevice else { throw error }
            return false
        }
    }

    /// Reads an attribute (`KVM_GET_DEVICE_ATTR`).
    ///
    /// - Parameter address: room for the attribute's value, of the size that the attribute defines.
    @unsafe func getAttribute(_ attribute: DeviceAttribute, into address: UnsafeMutableRawPointer) throws(KVMError) {
        try transfer(.getAttribute, attribute, address: UInt(bitPattern: address))
    }

    /// Sets an attribute (`KVM_SET_DEVICE_ATTR`).
    ///
    /// - Parameter address: the attribute's value, of the size that the attribute defines.
    @unsafe func setAttribute(_ attribute: DeviceAttribute, from address: UnsafeRawPointer) throws(KVMError) {
        try transfer(.setAttribute, attribute, address: UInt(bitPattern: address))
    }

    private func transfer(_ request: Request, _ attribute: DeviceAttribute, address: UInt) throws(KVMError) {
        let value = kvm_device_attr(
            flags: 0,
            group: attribute.group,
            attr: attribute.number,
            addr: UInt64(address)
        )
        try call(request, reading: value, about: attribute.description)
    }
}
