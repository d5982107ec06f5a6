public import Engine
public import KVMEngine
public import SoftEngine

/// The engines that there are: the one place where an engine is named and its processors are chosen.
public enum EngineChoice: String, CaseIterable, Hashable, Sendable {
    /// KVM: the host's own processor.
    case kvm
    /// A processor in software.
    case soft

    /// Does something on this engine.
    @inlinable
    public func perform<Task: EngineTask>(_ task: Task) throws(Task.Failure) -> Task.Output {
        switch self {
        case .kvm: try task.perform(on: KVMProcessor.self)
        case .soft: try task.perform(on: SoftProcessor.self)
        }
    }

    /// Why no machine can be made on this engine here, and what to do about it; nil where one can.
    public var lack: EngineError? {
        switch self {
        case .kvm: KVMProcessor.lack
        case .soft: nil
        }
    }

    /// The profile of what this engine can show a guest on this host, less time and randomness.
    public func hostProfile() throws(EngineError) -> ProcessorProfile {
        switch self {
        case .kvm: try KVMProcessor.hostProfile()
        case .soft: SoftProcessor.hostProfile()
        }
    }

    /// Opens what making a machine takes, once for all that this process makes: it may give up the right to open files then.
    public func keepHostOpen() {
        switch self {
        case .kvm: KVMProcessor.keepHostOpen()
        case .soft: SoftProcessor.keepHostOpen()
        }
    }
}
