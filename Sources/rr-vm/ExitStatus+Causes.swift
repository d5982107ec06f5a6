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
    /// Ends the command with the guest's own status if that was asked for, or if the guest is a unikernel, as Solo5's
    /// own tender does: with the lowest byte of the code that it gave, and with 1 if it was at fault.
    func endAsGuest(_ configuration: MachineConfiguration, asked status: ReportedStatus) throws {
        guard configuration.unikernel != nil || status == .guest else { return }
        switch outcome {
        case .exited(let code) where code & 0xFF != 0: throw ExitCode(Int32(code & 0xFF))
        // A code whose lowest byte is 0 is a failure too.
        case .exited(let code) where code != 0: throw ExitCode(1)
        case .tripleFault, .guestFault, .emulationFailure: throw ExitCode(1)
        case .stopped(.timeLimit) where status == .guest: throw ExitCode(1)
        case .halted where configuration.unikernel != nil: throw ExitCode(1)
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

/// Whose status a command ends with that runs a guest.
enum ReportedStatus: String, CaseIterable, ExpressibleByArgument {
    /// This program's: whether the run was done.
    case run
    /// The guest's: whether it exited with 0.
    case guest
}
