internal import Glibc
internal import Machine
internal import Platform
public import SystemPackage
public import TraceFormat

/// Looks for the smallest run that still shows the same behaviour as a recorded one. It leaves inputs out or moves them
/// together, records each such run anew, and keeps the runs that pass.
///
/// It applies delta debugging (Zeller and Hildebrandt, 2002) to the inputs, first in large parts and then one by one.
/// Every run is a separate recording, so the result has really happened.
public struct Minimizer {
    /// The result of a search.
    public struct Report: Sendable {
        /// How much input the recorded run received.
        public var original: InputPlan.Size
        /// How much input the smallest passing run received. It is nil if no run passed, not even the one with all
        /// inputs.
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

    /// What prevents a recorded run from being run again with other inputs, or nil if nothing does.
    public static func obstacle(in reader: TraceReader) -> String? {
        if reader.header.machine.board != BoardName.pc {
            return "its machine has neither interrupts nor a console to leave anything out of"
        }
        if reader.header.landing == .instructionCount {
            return "only counts of instructions say where its interrupts came; record it with --keyframes "
                + "every=250ms,interrupts"
        }
        if reader.header.guest.options.contains(where: { $0.hasPrefix("--net ") }) {
            return "it has a network card, and packets cannot be given again at their moments or left out"
        }
        return reader.header.firstEvent.rawValue == 0 && reader.keyframeCount > 0
            ? nil : "it does not hold the run's beginning"
    }

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - reader: the run to make smaller. ``obstacle(in:)`` must return nil for it.
    ///   - output: where the smallest run goes. Nothing may exist there.
    ///   - tries: the maximum number of runs to record.
    ///   - setup: makes the set-up for a run. Each set-up needs its own stop request.
    ///   - passes: whether a run still shows the required behaviour.
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

    /// Searches until nothing more can be left out, no tries remain, or the user stops the search.
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

    /// Moves inputs to the moment of the input that follows them.
    private mutating func join() throws {
        var index = 1
        while index < best.inputs.count, !isOver {
            var plan = best
            plan.inputs[index - 1].anchor = plan.inputs[index].anchor
            if plan.inputs == best.inputs { index += 1 } else if try !accept(plan) { index += 1 }
        }
    }

    private var isOver: Bool { isStopped || tries >= mostTries }

    /// Records a run. It keeps the run if it passes and is smaller than the best one so far. The first run only has to
    /// pass.
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
        // SAFETY: the strings are lent as C strings only for the call.
        let result = unsafe candidate.withPlatformString { old in
            unsafe output.withPlatformString { new in unsafe rename(old, new) }
        }
        guard result == 0 else {
            throw .io(operation: "rename to", path: output, errno: Errno(rawValue: errno))
        }
    }
}
