public import ByteCoding
public import Engine
public import Machine
public import SystemPackage
public import TraceFormat
public import X86

/// The result of a run.
public struct RunSummary: Sendable {
    /// How it ended.
    public var outcome: Outcome
    /// The number of events.
    public var events: UInt64
    /// How many seconds of host time the guest ran or waited.
    public var seconds: Double
    /// Where the guest was, if the run ended in a fault.
    public var fault: FaultReport?
    /// How often each instruction that this host cannot execute was completed for it.
    public var completedInstructions: [CompletedInstruction: UInt64]
    /// The instructions reading time or randomness that were replaced.
    public var trapped = Trapped()
    /// The leaves of CPUID that the guest has read; nil if the engine does not say.
    public var readLeaves: Set<UInt32>?
    /// How many times the machine was reset.
    public var resets: UInt64 = 0
    /// The text screen at the end, if it was requested.
    public var screen: String?
    /// How often the guest made each access that no device claims, if this was requested.
    public var unclaimed: [UnclaimedAccess: Int] = [:]
    /// Whether the other end of a network link had gone away before the end.
    public var isLinkClosed = false
    /// The path of the core file, or the error. It is nil if no core file was to be written.
    public var core: Result<FilePath, Errno>?
    /// Whether the console showed the text at which the run was to stop, even if the guest ended its line in another way.
    public var showsStopText = false
    /// Why part of the guest's console could not be shown, or nil.
    public var consoleFailure: Errno?
    /// The trace, if the run was recorded.
    public var trace: Trace?

    /// ``completedInstructions`` as a trace stores it: how often each instruction was completed, by name.
    public var completedInstructionsByName: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: completedInstructions.map { ($0.key.rawValue, $0.value) })
    }

    /// The instructions that were replaced because they read time or randomness.
    public struct Trapped: Sendable {
        /// Those in the loaded code, one for each place.
        public var loaded: [HiddenInstruction] = []
        /// How many were found in code that came later.
        public var found = 0
    }

    /// The trace that a recording left.
    public struct Trace: Sendable {
        /// The path of the trace.
        public var path: FilePath
        /// The number of events in the trace, including the final one. It is 0 if the trace could not be finished.
        public var events: UInt64
        /// The size in bytes. It is 0 if the trace could not be finished.
        public var bytes: UInt64
        /// The digest of the final state.
        public var digest: StateDigest
        /// Why the trace could not be finished, or nil. What it holds up to that point is intact.
        public var failure: TraceError?
    }
}
