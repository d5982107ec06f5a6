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
        case .io("open", _, _), .io("read", _, _): .noInput
        case .io("write", _, _), .io("synchronize", _, _): .inputOutput
        case .io: .cannotCreate
        case .pipe: .noInput
        case .exists: .cannotCreate
        case .noSuchEvent, .noSuchKeyframe: .usage
        }
    }
}

extension RunSummary {
    /// Ends the command with a failure if the host could not go on.
    func checkOutcome() throws(CommandFailure) {
        switch outcome {
        case .emulationFailure, .hostLimit: throw CommandFailure(.unavailable, "\(outcome)")
        default: return
        }
    }
}
