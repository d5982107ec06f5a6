internal import Glibc
internal import Machine
internal import Platform
public import SystemPackage
public import TraceFormat

/// Looks for the smallest run that still shows what a recorded one does: leaves inputs out, and puts them together, records
/// each such run anew, and keeps those that pass.
///
/// Delta debugging (Zeller and Hildebrandt, 2002) over the inputs: large parts first, then single ones. Every run is a
/// recording of its own, so that nothing is claimed that did not happen.
public struct Minimizer {
    /// What came of a search.
    public struct Report: Sendable {
        /// What was put into the recorded run.
        public var original: InputPlan.Size
        /// What was put into the smallest run that passed; nil if not even one with all inputs did.
        public var smallest: InputPlan.Size?
        /// How many runs were recorded.
        public var tries: Int
    }

    private let reader: TraceReader
    private let recorder: String
    private let output: FilePath
    private let candidate: FilePath
    private let mostTries: Int
    private let setup: () -> RunSetup
    private let passes: (TraceReader) throws -> Bool
    private var best: InputPlan
    private var tries = 0
    private var isStopped = false

    /// What is in the way of running a recorded run again with other inputs; nil if nothing is.
    public static func obstacle(in reader: TraceReader) -> String? {
        if reader.header.machine.board != BoardName.pc {
            return "its machine has neither interrupts nor a console to leave anything out of"
        }
        return reader.header.firstEvent.rawValue == 0 && reader.keyframeCount > 0
            ? nil : "it does not hold the run's beginning"
    }

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - reader: the run to make smaller, in which ``obstacle(in:)`` sees none.
    ///   - output: where the smallest run goes; nothing must be there.
    ///   - tries: how many runs are recorded at most.
    ///   - setup: gives the set-up of a run; each with a stop request of its own.
    ///   - passes: whether a run still shows what it has to.
    public init(
        _ reader: TraceReader,
        recorder: String,
        to output: FilePath,
        tries: Int,
        setup: @escaping () -> RunSetup,
        passes: @escaping (TraceReader) throws -> Bool
    ) throws(TraceError) {
        self.reader = reader
        self.recorder = recorder
        self.output = output
        candidate = output.appendingSuffix(".candidate")
        mostTries = tries
        self.setup = setup
        self.passes = passes
        best = try InputPlan(reader)
    }

    /// Searches until nothing more can be left out, the tries are used up, or the user stops it.
    public mutating func run() throws -> Report {
        let original = best.size
        defer { candidate.removeFile() }
        guard try accept(best) else { return Report(original: original, smallest: nil, tries: tries) }
        try leaveOut()
        try join()
        return Report(original: original, smallest: best.size, tries: tries)
    }

    private mutating func leaveOut() throws {
        var count = max(1, best.inputs.count / 2)
        while !isOver {
            var index = 0
            var isSmaller = false
            while index < best.inputs.count, !isOver {
                let part = index..<min(index + count, best.inputs.count)
                if try accept(best.leavingOut(part)) { isSmaller = true } else { index += count }
            }
            if count == 1, !isSmaller { return }
            count = max(1, count / 2)
        }
    }

    /// Lets inputs come at the moment of the one behind them.
    private mutating func join() throws {
        var index = 1
        while index < best.inputs.count, !isOver {
            var plan = best
            plan.inputs[index - 1].anchor = plan.inputs[index].anchor
            if plan.inputs == best.inputs { index += 1 } else if try !accept(plan) { index += 1 }
        }
    }

    private var isOver: Bool { isStopped || tries >= mostTries }

    /// Records a run; keeps it if it passes and is smaller than the best. The first is only to pass.
    private mutating func accept(_ plan: InputPlan) throws -> Bool {
        let isFirst = tries == 0
        tries += 1
        let summary = try Session.record(startOf: reader, plan: plan, recorder: recorder, to: candidate, setup: setup())
        defer { candidate.removeFile() }
        if summary.outcome == .stopped(.interrupted) {
            isStopped = true
            return false
        }
        let run = try TraceReader(path: candidate)
        let recorded = try InputPlan(run)
        guard isFirst || recorded.size < best.size, try passes(run) else { return false }
        try replaceOutput()
        best = recorded
        return true
    }

    private func replaceOutput() throws(TraceError) {
        // SAFETY: the strings are lent as C strings for the length of the call.
        let result = unsafe candidate.withPlatformString { old in
            unsafe output.withPlatformString { new in unsafe rename(old, new) }
        }
        guard result == 0 else {
            throw .io(operation: "rename to", path: output, errno: Errno(rawValue: errno))
        }
    }
}
