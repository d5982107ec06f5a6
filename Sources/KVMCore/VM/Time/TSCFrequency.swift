import CKVM
import SystemPackage

extension VM {
    /// The time-stamp counter frequency of vCPUs made from now on, in kHz (`KVM_GET_TSC_KHZ` on the VM).
    public func tscFrequency() throws(KVMError) -> UInt32 {
        do {
            return UInt32(try descriptor.call(.getTSCFrequency))
        } catch {
            throw try explain(error, .getTSCFrequency)
        }
    }

    /// Sets that frequency (`KVM_SET_TSC_KHZ` on the VM). Call this before making the first vCPU.
    ///
    /// - Parameter frequency: in kHz; 0 means the host's own.
    /// - Throws: a lack of `KVM_CAP_VM_TSC_CONTROL` if the host lacks it and refuses. Without it, some kernels accept
    ///   the host's own frequency, or a higher one, which they only approximate.
    public func setTSCFrequency(_ frequency: UInt32) throws(KVMError) {
        do {
            try descriptor.call(.setTSCFrequency, UInt(frequency), about: "\(frequency) kHz")
        } catch {
            throw try explain(error, .setTSCFrequency)
        }
    }

    private func explain(_ error: KVMError, _ request: Request) throws(KVMError) -> KVMError {
        guard error.isRefusalOfTheKernel, try check(.vmTSCControl) <= 0 else { return error }
        return KVMError(request, lacks: .vmTSCControl, about: error.argument)
    }
}

extension VCPU {
    /// The frequency of this vCPU's time-stamp counter, in kHz (`KVM_GET_TSC_KHZ`; needs `KVM_CAP_GET_TSC_KHZ`).
    public func tscFrequency() throws(KVMError) -> UInt32 {
        guard features.hasTSCFrequency else { throw KVMError(.getTSCFrequency, lacks: .getTSCKHz) }
        return UInt32(try descriptor.call(.getTSCFrequency))
    }

    /// Sets that frequency (`KVM_SET_TSC_KHZ`).
    ///
    /// - Parameter frequency: in kHz; 0 means the host's own.
    /// - Throws: a lack of `KVM_CAP_TSC_CONTROL` if the host lacks it and refuses; see ``VM/setTSCFrequency(_:)``.
    public mutating func setTSCFrequency(_ frequency: UInt32) throws(KVMError) {
        let subject = "\(frequency) kHz"
        do {
            try descriptor.call(.setTSCFrequency, UInt(frequency), about: subject)
        } catch {
            guard error.isRefusalOfTheKernel, !features.hasTSCControl else { throw error }
            throw KVMError(.setTSCFrequency, lacks: .tscControl, about: subject)
        }
    }
}

extension KVMError {
    /// The kernel does not know the request, or does not accept that value.
    fileprivate var isRefusalOfTheKernel: Bool {
        errno == .invalidArgument || errno == .inappropriateIOCTLForDevice
    }
}
