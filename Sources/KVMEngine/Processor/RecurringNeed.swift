internal import Engine

/// Predicts whether something that was needed after a run will be needed after the next ones.
struct RecurringNeed {
    /// If a second need comes within this many runs, a third one is likely. Bringing something back in vain for this
    /// many runs costs about as much as one call for it.
    private static let reach = 16

    private var runs = reach
    private var recurs = false

    /// It is needed after this run.
    mutating func arise() {
        recurs = runs < Self.reach
        runs = 0
    }

    /// Whether it was needed so lately that ``isExpected()`` may say so.
    var isRecent: Bool { runs < Self.reach }

    /// Whether it is likely to be needed after the next run. Ask this once before each run.
    mutating func isExpected() -> Bool {
        guard isRecent else { return false }
        runs += 1
        return recurs
    }
}
