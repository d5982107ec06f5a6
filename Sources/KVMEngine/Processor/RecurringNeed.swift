internal import Engine

/// Says whether something that was needed behind a run will be needed behind the next ones.
struct RecurringNeed {
    /// Runs within which a second need makes a third one likely: about what it costs to do without, in runs that brought in vain
    /// what is needed.
    private static let reach = 16

    private var runs = reach
    private var recurs = false

    /// It is needed behind this run.
    mutating func arise() {
        recurs = runs < Self.reach
        runs = 0
    }

    /// Whether it is likely to be needed behind the run that begins: asked once before each.
    mutating func isExpected() -> Bool {
        guard runs < Self.reach else { return false }
        runs += 1
        return recurs
    }
}
