internal import Engine
internal import KVMCore

extension EngineError {
    /// A failed KVM call, as an engine's error.
    static func kvm(_ error: KVMError) -> Self { .hostFailed("\(error)") }
}
