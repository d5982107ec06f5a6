public import GuestMemory

/// Why an engine could not do what it was asked.
public enum EngineError: Error, CustomStringConvertible {
    /// The guest's memory could not be made, or an access to it was refused.
    case memory(MemoryError)
    /// A call that the engine made on this host failed; the text names the call, the reason, and what the user can do.
    case hostFailed(String)
    /// An instruction has another access to make, so the state is not one between two instructions.
    case unfinishedInstruction
    /// This engine does not count the instructions that it executes.
    case doesNotCount
    /// This host lacks what a guest or a trace needs; the text names it.
    case hostLacks(String)
    /// This host cannot show a guest the processor that it was recorded with.
    case hostDiffers([CPUIDDifference])

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .memory(let error):
            "\(error)"
        case .hostFailed(let failure):
            failure
        case .unfinishedInstruction:
            "the guest's instruction has another access to make"
        case .doesNotCount:
            "this engine does not count instructions"
        case .hostLacks(let what):
            "this host lacks \(what)"
        case .hostDiffers(let differences):
            "this host cannot show the guest the recorded processor: "
                + differences.map(\.explanation).joined(separator: "; ")
        }
    }
}
