public import Engine
public import KVMEngine

/// The engines that there are: the one place where an engine is named and its processors are chosen.
public enum EngineChoice: String, CaseIterable, Hashable, Sendable {
    /// KVM: the host's own processor.
    case kvm

    /// What is used unless something else is asked for.
    public static let standard = Self.kvm

    /// Does something on this engine.
    @inlinable
    public func perform<Task: EngineTask>(_ task: Task) throws(Task.Failure) -> Task.Output {
        switch self {
        case .kvm: try task.perform(on: KVMProcessor.self)
        }
    }

    /// The profile of what this engine can show a guest on this host, less time and randomness.
    public func hostProfile() throws(EngineError) -> ProcessorProfile {
        switch self {
        case .kvm: try KVMProcessor.hostProfile()
        }
    }

    /// Opens what making a machine takes, once for all that this process makes: it may give up the right to open files then.
    public func keepHostOpen() {
        switch self {
        case .kvm: KVMProcessor.keepHostOpen()
        }
    }
}
