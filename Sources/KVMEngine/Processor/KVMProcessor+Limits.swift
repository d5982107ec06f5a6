public import Engine
internal import KVMCore

extension KVMProcessor {
    /// Why KVM cannot be used here, and what to do about it; nil where it can.
    public static var lack: EngineError? {
        do {
            _ = try KVMSystem.open()
            return nil
        } catch {
            return .kvm(error)
        }
    }
}

extension KVMProcessor {
    /// The components of the extended state that this host lets a guest enable, as bits of XCR0.
    public var supportedComponents: UInt64 { extendedLayout.supported }

    /// Whether this host keeps a model-specific register with the processor's state.
    public func keeps(modelSpecific number: UInt32) -> Bool { SavedRegisters.isPresent(number, in: vcpu) }
}
