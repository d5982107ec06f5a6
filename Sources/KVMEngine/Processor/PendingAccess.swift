internal import Engine
internal import X86

/// What the last exit of a KVM processor still asks of its driver.
enum PendingAccess {
    /// Nothing: the next run executes instructions.
    case none
    /// Elements of a port access, of which `index` was handed out last.
    case port(Port, AccessSize, isRead: Bool, index: Int, count: Int)
    /// A read of memory that is not there.
    case memoryRead
    /// An RDMSR.
    case modelSpecificRead
    /// A hidden read, whose OUT is complete.
    case hiddenRead(TrapCode)
    /// A WRMSR, which counts as done unless it is refused, a write to memory that is not there, or registers set for the
    /// next run.
    case write
    /// An RDMSR or WRMSR that is refused: the next thing that the guest does is take the fault.
    case refused

    var isNone: Bool { if case .none = self { true } else { false } }
}
