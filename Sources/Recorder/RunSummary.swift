public import ByteCoding
public import Engine
public import Machine
public import SystemPackage
public import TraceFormat

/// What came of a run.
public struct RunSummary: Sendable {
    /// How it ended.
    public var outcome: Outcome
    /// How many events there were.
    public var events: UInt64
    /// Seconds of host time that the guest ran or waited.
    public var seconds: Double
    /// Where the guest stood, if the run ended in a fault.
    public var fault: FaultReport?
    /// The instructions that this host cannot execute and that were completed for it, and how often.
    public var completedInstructions: [CompletedInstruction: UInt64]
    /// How often the machine was reset.
    public var resets: UInt64 = 0
    /// The text screen at the end, if it was asked for.
    public var screen: String?
    /// What the guest has accessed and nobody claims, and how often, if it was asked for.
    public var unclaimed: [UnclaimedAccess: Int] = [:]
    /// The core file, if one was to be written: where it is, or why not.
    public var core: Result<FilePath, Errno>?
    /// Why some of the guest's console could not be shown, if that is so.
    public var consoleFailure: Errno?
    /// The trace, if the run was recorded.
    public var trace: Trace?

    /// ``completedInstructions`` as a trace keeps it: how often each instruction, by name.
    public var completedInstructionsByName: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: completedInstructions.map { ($0.key.rawValue, $0.value) })
    }

    /// The trace that a recording left.
    public struct Trace: Sendable {
        /// Where it is.
        public var path: FilePath
        /// Events that it holds, its end among them; 0 where it could not be finished.
        public var events: UInt64
        /// Its size; 0 where it could not be finished.
        public var bytes: UInt64
        /// The digest of the final state.
        public var digest: StateDigest
        /// Why it could not be finished; what it holds up to there is whole.
        public var failure: TraceError?
    }
}
