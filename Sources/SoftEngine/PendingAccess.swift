internal import Engine

/// What the last exit still needs from its driver. A port or memory write needs nothing, because its instruction has
/// already finished when the exit is handed out.
enum PendingAccess {
    /// Nothing. The next run starts an instruction.
    case none
    /// The value of a read.
    case read
    /// The values of a hidden read that the instruction itself makes.
    case hiddenRead
    /// The registers for a hidden read by patched code, whose OUT has already finished.
    case trap(TrapCode)
    /// A WRMSR. It counts as done unless the driver refuses it.
    case registerWrite
    /// A refused RDMSR or WRMSR. The guest takes the fault next.
    case refused
    /// The driver has supplied what the exit needed.
    case answered

    var isNone: Bool { if case .none = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
}
