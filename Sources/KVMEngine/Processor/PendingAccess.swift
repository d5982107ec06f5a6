internal import Engine
internal import X86

/// What the driver of a KVM processor still has to do for the last exit.
enum PendingAccess {
    /// Nothing: the next run executes instructions.
    case none
    /// A port read of one element.
    case portRead
    /// A port access of several elements, of which `index` was handed out last.
    case port(Port, AccessSize, isRead: Bool, index: Int, count: Int)
    /// A read outside memory.
    case memoryRead
    /// An RDMSR.
    case modelSpecificRead
    /// A hidden read, whose OUT is complete.
    case hiddenRead(TrapCode)
    /// A port write of one element, a WRMSR, which counts as done unless it is refused, a write outside memory, or
    /// registers set for the next run.
    case write
    /// A refused RDMSR or WRMSR: the guest takes the fault next.
    case refused

    var isNone: Bool { if case .none = self { true } else { false } }
}
