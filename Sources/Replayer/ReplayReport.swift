public import ByteCoding
public import TraceFormat

/// What a replay that ran to its end has found.
public struct ReplayReport: Sendable {
    /// How the recording ended; nil if the trace has lost its end.
    public var outcome: Outcome?
    /// How many events were replayed.
    public var events: UInt64 = 0
    /// The digest of the last state that was compared.
    public var digest: StateDigest
    /// How many stretches between keyframes were executed and ended in the recorded state, or led to a later state that
    /// was the recorded one.
    public var epochsExecuted = 0
    /// How many stretches were executed, as a replay that two engines share does it, by the one that lands for nothing.
    public var epochsLanded = 0
    /// How many keyframes between two exits were passed over without comparing their states. The guest is given nothing
    /// there, and was executed on to a state that was compared.
    public var keyframesPassed = 0
    /// How many stretches had their end restored from the trace instead, by reason. Restoring does not prove that
    /// executing leads there.
    public var jumps: [JumpReason: Int] = [:]
    /// How many page-table entries differed from the recorded ones only in the Accessed bit, or between two exits the Dirty bit, which processors may set
    /// on their own initiative. The recorded bits were adopted.
    public var accessedBits = 0
    /// The leaves of CPUID that the guest has read in this replay; nil if the engine does not say.
    public var readLeaves: Set<UInt32>?
    /// The stretches between keyframes, in order.
    public var epochs: [EpochReport] = []
    /// What the user should know about the limits of the comparison.
    public var remarks: [String] = []

    /// How many stretches had their end restored, for any reason.
    public var epochsJumped: Int { jumps.values.reduce(0, +) }

    /// How many stretches had an end that executing did not reach, although this host can stop the guest there. It is
    /// not known whether executing leads there.
    public var epochsUnproved: Int { jumps[.notReached] ?? 0 }

    /// Adds what a replay found out about the epochs that follow this report's epochs.
    public mutating func append(_ next: ReplayReport) {
        events += next.events
        digest = next.digest
        epochsExecuted += next.epochsExecuted
        epochsLanded += next.epochsLanded
        keyframesPassed += next.keyframesPassed
        jumps.merge(next.jumps, uniquingKeysWith: +)
        accessedBits += next.accessedBits
        epochs += next.epochs
        remarks += next.remarks.filter { !remarks.contains($0) }
    }
}
