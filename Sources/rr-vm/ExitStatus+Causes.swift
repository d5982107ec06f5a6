import Recorder
import SystemPackage
import TraceFormat

extension TraceError {
    /// What the shell is told of this error.
    var status: ExitStatus {
        switch self {
        case .invalidHeader: .software
        case .noThread: .unavailable
        case .notATrace, .otherVersion, .corrupt, .truncated, .overLimit: .badData
        case .io(let operation, _, let errno):
            operation == "open" || operation == "read" ? .noInput : errno == .noSpace ? .inputOutput : .cannotCreate
        case .exists: .cannotCreate
        case .noSuchEvent, .noSuchKeyframe: .usage
        }
    }
}

extension RunSummary {
    /// Ends the command with a failure if the host could not go on.
    func checkOutcome() throws(CommandFailure) {
        switch outcome {
        // Not the host's fault but the guest's, like a triple fault.
        case .emulationFailure(_, let instruction, _) where instruction.isEmpty: return
        case .emulationFailure, .hostLimit: throw CommandFailure(.unavailable, "\(outcome)")
        default: return
        }
    }
}
