import Replayer
import TraceFormat

extension CommandFailure {
    /// What a timeline's error tells the user and the shell.
    init(_ error: TimelineError) {
        switch error {
        case .replay(let error): self.init(error)
        case .divergence: self.init(.different, text: "\(error)")
        case .notAMoment, .notAPattern, .noSuchMoment, .insideInstruction: self.init(.usage, "\(error)")
        case .cannotStep: self.init(.unavailable, "\(error)")
        }
    }

    /// What any error of reading a trace or going through it tells the user and the shell.
    init(any error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as TimelineError: self.init(error)
        case let error as TraceError: self.init(error)
        case let error as ReplayError: self.init(error)
        case let error as ShellCommand.Failure: self.init(.unavailable, "\(error)")
        case let error as ConditionError: self.init(.usage, "\(error)")
        default: self.init(.software, "\(error)")
        }
    }
}
