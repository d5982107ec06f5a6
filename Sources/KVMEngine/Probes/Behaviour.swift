internal import Engine

/// What a guest can be made to do. Each is probed in every mode in which it makes sense.
public enum Behaviour: String, CaseIterable, Codable, CodingKeyRepresentable, Hashable, Sendable {
    /// OUT exits; in ring 3, with a task state whose bitmap opens the port.
    case portAccess
    /// A kick from another thread stops a guest that never exits by itself.
    case kick
    /// An interrupt injected by `KVM_INTERRUPT` reaches its handler.
    case interrupt
    /// The interrupt-window exit comes before the next instruction.
    case exactInterruptWindow
    /// The dirty log reports every page that was written.
    case dirtyLog
    /// The dirty log reports the pages that were written, and no others.
    case exactDirtyLog
    /// A state taken at a kick continues in another virtual machine and gives the same result.
    case stateTransfer
    /// A single step executes one instruction.
    case singleStep
    /// A hardware breakpoint stops the guest before its instruction.
    case hardwareBreakpoint
    /// RFLAGS.RF lets the guest pass the instruction under a hardware breakpoint.
    case resumeFlag
    /// A hardware watchpoint stops the guest after a write.
    case watchpoint
    /// An INT3 that a debugger has written stops the guest.
    case softwareBreakpoint
    /// INT n reaches its handler.
    case softwareInterrupt
    /// RDTSC does not execute silently in the guest when its CPUID bit is clear.
    case hidesTimeStampCounter
    /// RDRAND does not execute silently in the guest when its CPUID bit is clear.
    case hidesRandomNumbers

    /// A heading for a row.
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
