public import X86

/// How a recording ended.
public enum Outcome: Hashable, Sendable {
    /// The guest asked to end, with this code.
    case exited(code: UInt32)
    /// HLT with interrupts disabled: nothing more will happen.
    case halted
    /// The processor shut down.
    case tripleFault
    /// The guest asked for a reset.
    case reset
    /// The guest switched itself off.
    case poweredOff
    /// The host cannot execute this instruction; `text` is its disassembly. If there are no bytes, the guest jumped to
    /// an address outside memory.
    case emulationFailure(address: GuestVirtualAddress, instruction: [UInt8], text: String)
    /// The guest did something that its machine does not allow, such as using an address outside memory; the text says
    /// what.
    case guestFault(String)
    /// The host could not go on; the text says why.
    case hostLimit(String)
    /// The user, or a limit that the user set, stopped the recording.
    case stopped(StopReason)
}

/// Why a recording was stopped although it could have gone on.
public enum StopReason: Hashable, Sendable {
    /// Ctrl-C or another request from outside.
    case interrupted
    /// The time limit passed.
    case timeLimit
    /// The limit of events was reached.
    case eventLimit
    /// The trace reached its size limit.
    case sizeLimit
    /// The recording went on; this trace is a stretch cut out of it.
    case cut
    /// The guest wrote this text to its console.
    case consoleText(String)
}

extension Outcome: CustomStringConvertible {
    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .exited(let code): "the guest exited with code \(code)"
        case .halted: "the guest halted with interrupts disabled"
        case .tripleFault: "the guest's processor shut down (triple fault)"
        case .reset: "the guest asked for a reset"
        case .poweredOff: "the guest powered off"
        case .emulationFailure(let address, let instruction, _) where instruction.isEmpty:
            "the guest jumped to \(address), where there is no memory"
        case .emulationFailure(let address, _, let text): "this host cannot execute '\(text)' at \(address)"
        case .guestFault(let text): "the guest is at fault: \(text)"
        case .hostLimit(let text): text
        case .stopped(.interrupted): "stopped on request"
        case .stopped(.timeLimit): "stopped at the time limit"
        case .stopped(.eventLimit): "stopped at the limit of events"
        case .stopped(.sizeLimit): "stopped at the limit of the trace's size"
        case .stopped(.cut): "cut here; the recording went on"
        case .stopped(.consoleText(let text)): "stopped when the console showed '\(text)'"
        }
    }
}
