import Recorder
import SystemPackage
import TraceFormat

extension TraceError {
    /// What the shell is told of this error.
    var status: ExitStatus {
        switch self {
        case .invalidHeader: .software
        case .noThread: .unavailable
        case .notATrace, .otherVersion, .corrupt, .truncated, .noState, .overLimit: .badData
        case .notAFile: .noInput
        case .io(let operation, _, let errno):
            switch operation {
            case "open", "read", "examine": .noInput
            case "write", "truncate", "synchronize": .inputOutput
            default: errno == .noSpace ? .inputOutput : .cannotCreate
            }
        case .exists: .cannotCreate
        case .noSuchEvent, .noSuchKeyframe: .usage
        }
    }
}

extension RunSummary {
    /// Ends the command with a failure if the host could not go on, or the console was not shown to its end.
    func checkOutcome() throws(CommandFailure) {
        switch outcome {
        case .emulationFailure, .hostLimit: throw CommandFailure(.unavailable, "\(outcome)")
        default: break
        }
        if let consoleFailure {
            let rest = trace.map { "; the recording in \($0.path) is whole" } ?? ""
            throw CommandFailure(.inputOutput, StandardOutput.message(consoleFailure) + rest)
        }
    }
}
