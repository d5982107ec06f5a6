public import Machine
public import SystemPackage
public import TraceFormat

extension Session {
    /// Records repeatedly with new seeds until a run fails. It keeps only the trace of that run.
    ///
    /// - Parameters:
    ///   - places: where the trace may go, as for ``record(_:guest:recorder:to:setup:)``.
    ///   - tries: the maximum number of tries.
    ///   - setup: makes the set-up for a try from its number, starting at 1. Each set-up needs its own stop request and
    ///     seed.
    ///   - attempt: called with the outcome of each try.
    /// - Returns: the failing run, or nil if none failed or the user stopped the search.
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
            if summary.outcome.isFailure || summary.showsStopText { return summary }
            summary.trace?.path.removeFile()
            if summary.outcome == .stopped(.interrupted) { return nil }
        }
        return nil
    }
}

extension Outcome {
    /// Whether this outcome is a failure for someone who hunts for one: an exit code other than 0, a fault, the text at
    /// which the run was to stop, or no end within the time limit.
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
