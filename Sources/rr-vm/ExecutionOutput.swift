import TraceFormat

/// The lines of `rr-vm trace`, up to their limit. Who lists from inside a run of the guest cannot throw, so the first failure is
/// kept.
final class ExecutionOutput {
    private let limit: Int
    private var output = StandardOutput()
    private var failure: (any Error)?
    private var count = 0
    /// The moment of the last line.
    private(set) var lastMoment: Moment?
    /// What there is to know besides, a line each.
    var notes: [String] = []

    init(limit: Int) { self.limit = limit }

    /// Whether no further line is wanted.
    var isFull: Bool { count >= limit || failure != nil }

    /// Writes a line.
    func write(_ line: String, at moment: Moment) throws {
        try output.write(line)
        (count, lastMoment) = (count + 1, moment)
    }

    /// Writes what a closure makes, and keeps its failure for ``finish()``.
    func attempt(_ line: () throws -> String, at moment: () -> Moment) {
        guard failure == nil else { return }
        do { try write(try line(), at: moment()) } catch { failure = error }
    }

    /// Writes a text as it is; with a moment, it counts as a line.
    func put(_ text: String, at moment: Moment? = nil) {
        guard failure == nil else { return }
        do { try output.put(text.utf8) } catch { failure = error }
        guard let moment else { return }
        (count, lastMoment) = (count + 1, moment)
    }

    /// Writes the rest.
    func finish() throws {
        if let failure { throw failure }
        try output.flush()
    }
}
