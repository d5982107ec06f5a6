internal import TraceFormat

/// Passes on each step of an epoch once, although the epoch may be replayed more than once.
struct SeenSteps {
    private var seen: UInt64 = 0
    private var present: UInt64 = 0

    /// The epoch begins again.
    mutating func restart() { present = 0 }

    /// Passes a step on as far as it is new.
    mutating func pass(_ step: ReplayStep, to note: (ReplayStep) -> Void) {
        present += step.count
        guard present > seen else { return }
        switch step {
        case .event: note(step)
        case .exits: note(.exits(present - seen))
        }
        seen = present
    }
}
