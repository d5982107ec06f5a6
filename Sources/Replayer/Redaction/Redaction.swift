internal import ByteCoding
public import Engine
public import TraceFormat
internal import X86

/// Makes a copy of a trace in which chosen input is replaced by zeros, as far as the guest behaves the same without it.
///
/// A piece of input is blanked if the guest then makes the same exits with the same output, can be stopped at the same
/// moments, and ends in the same state. Keyframes are taken anew, so that they hold nothing of the blanked input.
public struct Redaction<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    /// How many pieces in a row are tried one by one. If all of them have to be kept, the pieces after them are kept
    /// without trying, twice as many each time.
    private static var patience: Int { 64 }

    private let reader: TraceReader
    private let inputs: [RecordedInput]
    private var replay: BlankedReplay<P>
    private var reasons: [Int: KeptInput.Reason] = [:]

    /// Takes a session that has not begun, and the pieces to blank.
    ///
    /// - Parameters:
    ///   - inputs: the pieces, in order.
    ///   - visit: called with every event that was replayed. Events come repeatedly, because replays start from
    ///     different places.
    public init(
        _ session: consuming ReplaySession<P>,
        blanking inputs: [RecordedInput],
        visit: @escaping (EventOrdinal) -> Void = { _ in }
    ) {
        reader = session.core.reader
        self.inputs = inputs
        replay = BlankedReplay(session, inputs: inputs, visit: visit)
    }

    /// Replays the unchanged trace, then replays it without the input as often as necessary, and finally replays it
    /// once more to write the copy.
    ///
    /// - Parameter makeWriter: makes the writer of the copy, from the header that the copy will have.
    /// - Returns: the report, or a divergence if the unchanged trace does not replay.
    /// - Throws: `.inconsistent` if the trace has no end, because then there is no final state to compare.
    public mutating func run(
        makeWriter: (TraceHeader) throws(TraceError) -> TraceWriter
    ) throws(ReplayError) -> Result<RedactionReport, Divergence> {
        guard reader.outcome != nil else {
            throw .inconsistent(
                reader.events.upperBound,
                "the trace has no end, so there is no last state to compare with"
            )
        }
        do throws(ReplayStop) {
            return .success(try runStages(makeWriter))
        } catch {
            replay.writer.take()?.abandon()
            switch error {
            case .divergence(let divergence): return .failure(divergence)
            case .error(let error): throw error
            }
        }
    }

    private mutating func runStages(
        _ makeWriter: (TraceHeader) throws(TraceError) -> TraceWriter
    ) throws(ReplayStop) -> RedactionReport {
        _ = try replay.run(fromKeyframe: 0, to: lastEvent)
        // If the unchanged trace is not known to replay, a replay shows nothing about its input.
        if let missed = replay.learned.missedLandings.first { throw .error(.notReached(missed)) }
        replay.stage = .searching
        replay.isBlanked = [Bool](repeating: true, count: inputs.count)
        try findKept()
        let kept = reasons.keys.sorted().map {
            KeptInput(input: inputs[$0], reason: reasons[$0] ?? .stalled(lastEvent))
        }
        let blanked = inputs.indices.filter { replay.isBlanked[$0] }.map { inputs[$0] }
        replay.changedKeyframes = []
        replay.stage = .writing
        replay.writer = try onTrace(makeWriter(header(blanked, kept)))
        if let failure = try replay.run(fromKeyframe: 0, to: lastEvent) {
            let problem =
                "the copy did not replay while it was written, although the same replay had succeeded before: \(failure.reason)"
            throw .error(.inconsistent(failure.event, problem))
        }
        guard let summary = replay.summary else {
            throw .error(.inconsistent(lastEvent, "the end is missing"))
        }
        return RedactionReport(
            blanked: blanked,
            kept: kept,
            changedKeyframes: replay.changedKeyframes,
            summary: summary
        )
    }

    private var lastEvent: EventOrdinal { EventOrdinal(reader.events.upperBound.rawValue - 1) }

    /// Keeps one piece after another until the trace replays to its end without the other pieces.
    private mutating func findKept() throws(ReplayStop) {
        var (start, row, next) = (0, 0, 0)
        while let failure = try replay.run(fromKeyframe: start, to: lastEvent) {
            start = failure.start
            let (culprit, reason) = try culprit(of: failure)
            row = culprit == next ? row + 1 : 1
            let untried = row > Self.patience ? 1 << min(row - Self.patience, 30) : 0
            next = min(culprit + 1 + untried, inputs.count)
            for index in culprit..<next where replay.isBlanked[index] {
                replay.isBlanked[index] = false
                reasons[index] = index == culprit ? reason : .neighbour(inputs[culprit].events.lowerBound)
            }
        }
    }

    /// Finds the piece that has to be kept: if it and the pieces before it are blanked, the guest does not get past the
    /// place of a failure. Input is mostly used at once, so the search goes back from the last piece in steps that
    /// double, and then becomes a binary search.
    private mutating func culprit(
        of failure: BlankedReplay<P>.Failure
    ) throws(ReplayStop) -> (Int, KeptInput.Reason) {
        let suspects = failure.suspects
        let blanked = replay.isBlanked
        defer { replay.isBlanked = blanked }
        var (passing, failing, reason) = (0, suspects.count, failure.reason)
        var step = 1
        while failing - passing > 1 {
            let middle = failing - min(step, (failing - passing) / 2)
            replay.isBlanked = blanked
            for index in suspects[middle...] { replay.isBlanked[index] = false }
            if let failure = try replay.run(fromKeyframe: failure.start, to: failure.event) {
                (failing, reason, step) = (middle, failure.reason, 2 * step)
            } else {
                (passing, step) = (middle, failing)
            }
        }
        return (suspects[failing - 1], reason)
    }

    /// The trace's header, with a note for every kind of input that was to be blanked.
    private func header(_ blanked: [RecordedInput], _ kept: [KeptInput]) -> TraceHeader {
        var header = reader.header
        for kind in InputKind.allCases where inputs.contains(where: { $0.kind == kind }) {
            let (count, rest) = (blanked.count { $0.kind == kind }, kept.count { $0.input.kind == kind })
            header.notes.append(TraceHeader.Note(key: "redacted", value: "\(kind): \(count) blanked, \(rest) kept"))
        }
        return header
    }
}

extension Redaction where P: EngineProcessor & ~Copyable {
    /// Creates a redaction that runs on processors of this engine.
    ///
    /// - Throws: `.engine(.hostDiffers)` if this host cannot show the recorded processor to the guest.
    public init(
        _ reader: TraceReader,
        blanking inputs: [RecordedInput],
        visit: @escaping (EventOrdinal) -> Void = { _ in }
    ) throws(ReplayError) {
        self.init(try ReplaySession(reader), blanking: inputs, visit: visit)
    }
}
