import Engine
import Machine
import Recorder
import Replayer
import TraceFormat

extension CommandFailure {
    /// What a trace's error tells the user and the shell.
    init(_ error: TraceError) {
        self.init(error.status, "\(error)")
    }

    /// What a replay's error tells the user and the shell.
    init(_ error: ReplayError) {
        switch error {
        case .engine(.hostDiffers(let differences)):
            let hint = "--cpu-mismatch allow replays anyway, for a guest that does not look at them"
            self.init(.unavailable, "\(EngineError.hostDiffers(differences)); \(hint)")
        case .engine(let error): self.init(.unavailable, "\(error)")
        case .trace(let error): self.init(error)
        case .notReached: self.init(.different, "\(error)")
        case .cannotLand, .cannotCount, .guestDebugsItself: self.init(.unavailable, "\(error)")
        case .inconsistent, .tooMuchMemory: self.init(.badData, "\(error)")
        }
    }

    /// What a recorder's error tells the user and the shell.
    init(_ error: RecorderError) {
        switch error {
        case .engine(let error): self.init(.unavailable, "\(error)")
        case .trace(let error): self.init(error)
        }
    }

    /// What a machine's error tells the user and the shell.
    init(_ error: MachineError) {
        self.init(error.blamesTheGuest ? .badData : .usage, "\(error)")
    }
}
