internal import Engine

/// What a guest can be made to do, probed in each mode in which it means anything.
public enum Behaviour: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    /// OUT leaves the guest; in ring 3 by a task state whose bitmap opens the port.
    case portAccess
    /// A kick from another thread stops a guest that never leaves by itself.
    case kick
    /// An interrupt injected by `KVM_INTERRUPT` reaches its handler.
    case interrupt
    /// The exit that says that an interrupt can be taken comes before the next instruction.
    case exactInterruptWindow
    /// The dirty log names every page that was written.
    case dirtyLog
    /// The dirty log names the pages that were written, and no others.
    case exactDirtyLog
    /// A state taken at a kick goes on in another virtual machine to the same result.
    case stateTransfer
    /// A single step executes one instruction.
    case singleStep
    /// A hardware breakpoint stops the guest before its instruction.
    case hardwareBreakpoint
    /// RFLAGS.RF lets the instruction under a hardware breakpoint pass.
    case resumeFlag
    /// A hardware watchpoint stops the guest after a write.
    case watchpoint
    /// An INT3 that a debugger has put there stops the guest.
    case softwareBreakpoint
    /// INT n reaches its handler.
    case softwareInterrupt
    /// RDTSC does not execute in the guest unseen, with its CPUID bit cleared.
    case hidesTimeStampCounter
    /// RDRAND does not execute in the guest unseen, with its CPUID bit cleared.
    case hidesRandomNumbers

    /// As a row's heading.
    public var title: String {
        switch self {
        case .portAccess: "port access exits"
        case .kick: "kick"
        case .interrupt: "interrupt injection"
        case .exactInterruptWindow: "exact interrupt window"
        case .dirtyLog: "dirty log"
        case .exactDirtyLog: "exact dirty log"
        case .stateTransfer: "state moves to another VM"
        case .singleStep: "single step"
        case .hardwareBreakpoint: "hardware breakpoint"
        case .resumeFlag: "RF passes a breakpoint"
        case .watchpoint: "write watchpoint"
        case .softwareBreakpoint: "software breakpoint"
        case .softwareInterrupt: "INT n"
        case .hidesTimeStampCounter: "RDTSC traps"
        case .hidesRandomNumbers: "RDRAND traps"
        }
    }
}
