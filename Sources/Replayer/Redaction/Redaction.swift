internal import ByteCoding
public import Engine
public import TraceFormat
internal import X86

/// Makes a copy of a trace in which chosen input is zeros, as far as the guest does the same without it.
///
/// A piece of input is blanked if the guest then makes the same exits with the same output, can be stopped at the same
/// moments, and ends in the same state. Keyframes are taken anew, so that they hold nothing of what was blanked.
public struct Redaction<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    /// How many pieces in a row are tried one by one; if all have to be kept, their neighbours are kept untried, twice as many
    /// each time.
    private static var patience: Int { 64 }

    private let reader: TraceReader
    private let inputs: [RecordedInput]
    private var replay: BlankedReplay<P>
    private var reasons: [Int: KeptInput.Reason] = [:]

    /// Takes a session that has not begun, and the pieces to blank.
    ///
    /// - Parameters:
    ///   - inputs: in order.
    ///   - visit: is told of every event that was replayed, again and again from different places on.
    public init(
        _ session: consuming ReplaySession<P>,
        blanking inputs: [RecordedInput],
        visit: @escaping (EventOrdinal) -> Void = { _ in }
    ) {
        reader = session.core.reader
        self.inputs = inputs
        replay = BlankedReplay(session, inputs: inputs, visit: visit)
    }

    /// Replays the trace as it is, then without the input as often as it takes, and once more to write it.
    ///
    /// - Parameter makeWriter: makes the writer of the copy, with the header that it is to have.
    /// - Returns: the report; a divergence where the trace does not replay as it is.
    /// - Throws: `.inconsistent` where the trace has no end, so that there is no state at the end to compare.
    public mutating func run(
        makeWriter: (TraceHeader) throws(TraceError) -> TraceWriter
    ) throws(ReplayError) -> Result<RedactionReport, Divergence> {
        guard reader.outcome != nil else {
            throw .inconsistent(reader.events.upperBound, "the trace has no end, and so no last state to compare with")
        }
        do {
            return .success(try runStages(makeWriter))
        } catch {
            replay.writer.take()?.abandon()
            switch error {
            case ReplayStop.divergence(let divergence): return .failure(divergence)
            case ReplayStop.error(let error): throw error
            case let error as EngineError: throw .engine(error)
            case let error as TraceError: throw .trace(error)
            default: throw .inconsistent(reader.header.firstEvent, "\(error)")
            }
        }
    }

    private mutating func runStages(
        _ makeWriter: (TraceHeader) throws(TraceError) -> TraceWriter
    ) throws -> RedactionReport {
        _ = try replay.run(fromKeyframe: 0, to: lastEvent)
        // What is not known to replay as it is shows nothing about its input.
        if let missed = replay.learned.missedLandings.first { throw ReplayStop.error(.notReached(missed)) }
        replay.stage = .searching
        replay.isBlanked = [Bool](repeating: true, count: inputs.count)
        try findKept()
        let kept = reasons.keys.sorted().map {
            KeptInput(input: inputs[$0], reason: reasons[$0] ?? .stalled(lastEvent))
        }
        let blanked = inputs.indices.filter { replay.isBlanked[$0] }.map { inputs[$0] }
        replay.changedKeyframes = []
        replay.stage = .writing
        replay.writer = try makeWriter(header(blanked, kept))
        if let failure = try replay.run(fromKeyframe: 0, to: lastEvent) {
            let problem = "what replayed before did not replay when it was written: \(failure.reason)"
            throw ReplayStop.error(.inconsistent(failure.event, problem))
        }
        guard let summary = replay.summary else {
            throw ReplayStop.error(.inconsistent(lastEvent, "the end is missing"))
        }
        return RedactionReport(
            blanked: blanked,
            kept: kept,
            changedKeyframes: replay.changedKeyframes,
            summary: summary
        )
    }

    private var lastEvent: EventOrdinal { EventOrdinal(reader.events.upperBound.rawValue - 1) }

    /// Keeps piece after piece until the trace replays to its end without the others.
    private mutating func findKept() throws {
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

    /// The piece without which, and without those before it, the guest does not get past the place of a failure. Looks at the
    /// last ones first, because what is read is mostly used at once, in steps that double; then by halving.
    private mutating func culprit(of failure: BlankedReplay<P>.Failure) throws -> (Int, KeptInput.Reason) {
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
    /// A redaction on processors of this engine.
    ///
    /// - Throws: `.engine(.hostDiffers)` where this host cannot show the guest the recorded processor.
    public init(
        _ reader: TraceReader,
        blanking inputs: [RecordedInput],
        visit: @escaping (EventOrdinal) -> Void = { _ in }
    ) throws(ReplayError) {
        self.init(try ReplaySession(reader), blanking: inputs, visit: visit)
    }
}
