internal import Engine

/// What the last exit still asks of its driver. A port or memory write asks nothing: its instruction is over when it is handed out.
enum PendingAccess {
    /// Nothing: the next run begins an instruction.
    case none
    /// A value to read.
    case read
    /// The values of a hidden read that the instruction itself makes.
    case hiddenRead
    /// The registers of a hidden read that code was patched for, and whose OUT is over.
    case trap(TrapCode)
    /// A WRMSR, which counts as done unless it is refused.
    case registerWrite
    /// An RDMSR or WRMSR that is refused: the next thing that the guest does is take the fault.
    case refused
    /// What was asked for has been given.
    case answered

    var isNone: Bool { if case .none = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
}
