internal import Engine
internal import KVMCore

extension EngineError {
    /// A call of KVM's that failed, in the engine's words.
    static func kvm(_ error: KVMError) -> Self { .hostFailed("\(error)") }
}
