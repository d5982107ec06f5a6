import CKVM

extension Descriptor {
    /// `KVM_ENABLE_CAP`, on a VM or a vCPU.
    func enable(_ capability: Capability, _ arguments: [UInt64]) throws(KVMError) {
        guard arguments.count <= 4 else {
            throw KVMError(
                operation: Request.enableCapability.name.description,
                argument: capability.name,
                cause: .refused("it takes four arguments at most, not \(arguments.count)")
            )
        }
        let filled = arguments + [UInt64](repeating: 0, count: 4 - arguments.count)
        var request = kvm_enable_cap()
        request.cap = capability.rawValue
        request.args = (filled[0], filled[1], filled[2], filled[3])
        try call(.enableCapability, reading: request, about: "\(capability.name), \(arguments)")
    }
}

extension Descriptor {
    /// `KVM_CHECK_EXTENSION`, on `/dev/kvm` or a VM.
    func check(_ capability: Capability) throws(KVMError) -> Int32 {
        try call(.checkExtension, UInt(capability.rawValue), about: capability.name)
    }
}
