import CKVM

extension Descriptor {
    /// `KVM_ENABLE_CAP`, on a VM or a vCPU.
    func enable(_ capability: Capability, _ arguments: [UInt64]) throws(KVMError) {
        guard arguments.count <= 4 else {
            throw KVMError(
                operation: Request.enableCapability.name.description,
                argument: capability.name,
                cause: .refused("it takes at most four arguments, not \(arguments.count)")
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

    /// Refuses a request if the host lacks the capability that it needs. For `/dev/kvm` or a VM.
    ///
    /// - Returns: the number that the host gives for the capability, 1 or more.
    @discardableResult
    func require(
        _ capability: Capability,
        for request: Request,
        about subject: @autoclosure () -> String = ""
    ) throws(KVMError) -> UInt32 {
        let answer = try check(capability)
        guard answer > 0 else { throw KVMError(request, lacks: capability, about: subject()) }
        return UInt32(answer)
    }
}

extension KVMError {
    /// The error for a request that needs what the host lacks.
    init(_ request: Request, lacks capability: Capability, about subject: String = "") {
        self.init(operation: request.name.description, argument: subject, cause: .lacks(capability))
    }

    /// The error for a request that KVMCore refuses, with the reason.
    init(_ request: Request, refused reason: String, about subject: String = "") {
        self.init(operation: request.name.description, argument: subject, cause: .refused(reason))
    }
}
