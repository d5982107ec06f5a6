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
