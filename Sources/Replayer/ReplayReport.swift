public import ByteCoding
public import TraceFormat

/// What a replay that ran to its end found.
public struct ReplayReport: Sendable {
    /// How the recording ended; nil where the trace has lost its end.
    public var outcome: Outcome?
    /// Events that were replayed.
    public var events: UInt64 = 0
    /// Digest of the last state that was compared.
    public var digest: StateDigest
    /// Stretches between keyframes that were executed again, and ended in the recorded state or led to one that did.
    public var epochsExecuted = 0
    /// Keyframes between two exits that were left aside, their states not compared: the guest is given nothing there, and was
    /// executed on to a state that was.
    public var keyframesPassed = 0
    /// Stretches whose end was restored from the trace instead, by reason: no proof that executing leads there.
    public var jumps: [JumpReason: Int] = [:]
    /// Page-table entries that differed from the recorded ones in nothing but the Accessed bit, which processors may set by
    /// themselves. The recorded ones were taken over.
    public var accessedBits = 0
    /// The stretches between keyframes, in order.
    public var epochs: [EpochReport] = []
    /// Something the user should know about how far the comparison reaches.
    public var remarks: [String] = []

    /// All stretches whose end was restored.
    public var epochsJumped: Int { jumps.values.reduce(0, +) }

    /// Stretches whose end was not reached by executing, though this host can stop the guest there: whether executing leads
    /// to it is not known.
    public var epochsUnproved: Int { jumps[.notReached] ?? 0 }

    /// Adds what a replay found of the epochs that follow those of this one.
    public mutating func append(_ next: ReplayReport) {
        events += next.events
        digest = next.digest
        epochsExecuted += next.epochsExecuted
        keyframesPassed += next.keyframesPassed
        jumps.merge(next.jumps, uniquingKeysWith: +)
        accessedBits += next.accessedBits
        epochs += next.epochs
        remarks += next.remarks.filter { !remarks.contains($0) }
    }
}
