public import Machine
public import SystemPackage
public import TraceFormat

extension Session {
    /// Records again and again with new seeds, until a run fails; keeps that run's trace and no other.
    ///
    /// - Parameters:
    ///   - places: where the trace may go, as ``record(_:guest:recorder:to:setup:)`` takes it.
    ///   - tries: how often at most.
    ///   - setup: gives the set-up of a try by its number, from 1 on; each with a stop request and a seed of its own.
    ///   - attempt: is told how each try ended.
    /// - Returns: the failing run, or nil if none failed or the user stopped it.
    public static func recordUntilFailure(
        _ configuration: MachineConfiguration,
        guest: TraceHeader.Guest,
        recorder: String,
        to places: some Sequence<FilePath>,
        tries: Int,
        setup: (Int) -> RunSetup,
        attempt: (Int, Outcome) -> Void
    ) throws(RecorderError) -> RunSummary? {
        for number in 1...max(1, tries) {
            let summary = try record(configuration, guest: guest, recorder: recorder, to: places, setup: setup(number))
            attempt(number, summary.outcome)
            if summary.outcome.isFailure { return summary }
            summary.trace?.path.removeFile()
            if summary.outcome == .stopped(.interrupted) { return nil }
        }
        return nil
    }
}

extension Outcome {
    /// Whether somebody who hunts a failure has found one: an exit code other than 0, a fault, the text that the run was to
    /// be stopped at, or no end within the time.
    public var isFailure: Bool {
        switch self {
        case .exited(let code): code != 0
        case .tripleFault, .guestFault, .emulationFailure, .hostLimit, .stopped(.timeLimit), .stopped(.consoleText):
            true
        case .halted, .reset, .poweredOff, .stopped(.interrupted), .stopped(.eventLimit), .stopped(.sizeLimit),
            .stopped(.cut):
            false
        }
    }
}
