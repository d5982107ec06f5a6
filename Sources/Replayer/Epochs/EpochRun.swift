/// What a replay of some epochs has found.
public struct EpochRun: Sendable {
    /// What was found, up to the divergence if there is one.
    public var report: ReplayReport
    /// Where the replay first differed from the trace, if it did.
    public var divergence: Divergence?
    /// What the guest's last exit before the first epoch was taken to let follow.
    public var sequelBefore: GuestSequel
    /// What the guest's last exit lets follow.
    public var sequelAfter: GuestSequel

    /// Whether executing has led from the first state to the end.
    var isProved: Bool { divergence == nil && report.epochsJumped == 0 }

    /// The report, or the first divergence.
    public var result: Result<ReplayReport, Divergence> { divergence.map { .failure($0) } ?? .success(report) }

    /// Adds what a replay found out about the epochs that follow.
    mutating func append(_ next: EpochRun) {
        report.append(next.report)
        divergence = next.divergence
        sequelAfter = next.sequelAfter
    }
}
