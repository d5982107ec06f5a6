public import Engine
public import KVMEngine
public import SoftEngine

/// The available engines. Only this type names engines and selects their processors.
public enum EngineChoice: String, CaseIterable, Hashable, Sendable {
    /// KVM, which runs guests on the host's own processor.
    case kvm
    /// A processor in software.
    case soft

    /// Performs a task on this engine.
    @inlinable
    public func perform<Task: EngineTask>(_ task: Task) throws(Task.Failure) -> Task.Output {
        switch self {
        case .kvm: try task.perform(on: KVMProcessor.self)
        case .soft: try task.perform(on: SoftProcessor.self)
        }
    }

    /// Why this engine cannot make a machine on this host and what to do about it, or nil if it can.
    public var lack: EngineError? {
        switch self {
        case .kvm: KVMProcessor.lack
        case .soft: nil
        }
    }

    /// Why this engine cannot run a 64-bit kernel with programs under it on this host, although it makes machines; nil
    /// if it can. Trying takes a few milliseconds.
    public var systemCallLack: String? {
        switch self {
        case .kvm: HostProbe.systemCallLack
        case .soft: nil
        }
    }

    /// The profile of everything that this engine can show a guest on this host, without time and randomness.
    public func hostProfile() throws(EngineError) -> ProcessorProfile {
        switch self {
        case .kvm: try KVMProcessor.hostProfile()
        case .soft: SoftProcessor.hostProfile()
        }
    }

    /// Opens everything that is needed to make a machine, once for all machines of this process. The process may then
    /// give up the right to open files.
    public func keepHostOpen() {
        switch self {
        case .kvm: KVMProcessor.keepHostOpen()
        case .soft: SoftProcessor.keepHostOpen()
        }
    }
}
