import ArgumentParser
import Machine
import Recorder
import SystemPackage
import TraceFormat

extension TraceError {
    /// The exit status for this error.
    var status: ExitStatus {
        switch self {
        case .invalidHeader: .software
        case .noThread: .unavailable
        case .notATrace, .otherVersion, .corrupt, .truncated, .noState, .overLimit: .badData
        case .notAFile, .pipe: .noInput
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
    /// Ends the command as Solo5's own tender does if the guest is a unikernel: with the status that the guest gave, or
    /// with 1 if the guest was at fault.
    func endAsUnikernel(_ configuration: MachineConfiguration) throws {
        guard configuration.unikernel != nil else { return }
        switch outcome {
        case .exited(let code) where code & 0xFF != 0: throw ExitCode(Int32(code & 0xFF))
        case .tripleFault, .guestFault, .halted: throw ExitCode(1)
        default: return
        }
    }

    /// Fails if the host could not go on, or if the console could not be shown completely.
    func checkOutcome() throws(CommandFailure) {
        switch outcome {
        // This is the guest's fault and not the host's, like a triple fault.
        case .emulationFailure(_, let instruction, _) where instruction.isEmpty: return
        case .emulationFailure, .hostLimit: throw CommandFailure(.unavailable, "\(outcome)")
        default: break
        }
        if let consoleFailure {
            let rest = trace.map { "; the recording in \($0.path) is whole" } ?? ""
            throw CommandFailure(.inputOutput, StandardOutput.message(consoleFailure) + rest)
        }
    }
}
