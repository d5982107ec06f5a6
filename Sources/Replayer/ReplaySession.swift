internal import ByteCoding
public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

/// Replays a trace in a fresh machine, from its first keyframe to its end, and compares everything that can be
/// compared.
///
/// For every exit it compares kind, port or address, size, written data and RIP. At every keyframe it compares the
/// digest of the processor and all memory. Inputs come only from the trace: no device model is involved.
public struct ReplaySession<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var core: ReplayCore<P>
    let landing: Landing
    /// One past the last event to replay.
    var runEnd: EventOrdinal
    /// The keyframes that are passed over.
    var passed = PassedKeyframes()
    /// The epochs whose ends were reached or passed over.
    private var log = EpochLog()
    private var found: ReplayReport
    /// What there is to say about the host before anything is replayed.
    private let remarks: [String]
    /// The keyframe in whose state the machine is, with the cursor behind it; nil if it is in none.
    private var standing: Int? = 0

    /// Takes a processor with the trace's memory and profile, in any state.
    ///
    /// - Parameter landing: how to reach the moments at which the recording was interrupted between two exits.
    public init(_ reader: TraceReader, processor: consuming P, landing: Landing = .auto) {
        self.init(ReplayCore(reader, processor: processor), landing: landing)
    }

    init(_ core: consuming ReplayCore<P>, landing: Landing, remarks: [String] = []) {
        runEnd = core.reader.events.upperBound
        found = ReplayReport(outcome: core.reader.outcome, digest: core.known.digest, remarks: remarks)
        self.remarks = remarks
        self.core = core
        self.landing = landing
    }

    /// Whether this host can stop the guest between two exits in a mode. If that has to be tried, it takes some milliseconds the
    /// first time.
    public func canStop(in mode: GuestMode) -> Bool { core.processor.canStop(in: mode) }

    /// What the last run has found so far, also before a divergence.
    public var report: ReplayReport {
        var report = found
        (report.digest, report.accessedBits) = (core.known.digest, core.acceptedBits)
        report.readLeaves = core.processor.readLeaves
        return report
    }

    /// Runs to the end of the trace.
    ///
    /// - Parameter progress: called from time to time with how many events were replayed since the last call.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        progress: (UInt64) -> Void = { _ in }
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        try run(epochs: 0..<core.reader.keyframeCount, progress: progress)
    }

    /// Runs to the end of the trace, which takes longer if somebody looks at the events.
    ///
    /// - Parameter visit: called with every event after it has been replayed.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        visit: (RecordedEvent) -> Void
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        try run(EpochRequest(0..<core.reader.keyframeCount, wantsEvents: true)) { step in
            if case .event(let recorded) = step { visit(recorded) }
        }.result
    }

    /// Replays only some epochs. Epoch *n* goes from keyframe *n* to the next keyframe, and the last epoch goes to the
    /// end of the trace. There are as many epochs as keyframes. Each epoch begins in a recorded state, so a trace can
    /// be verified by replaying its epochs in any order and on different machines.
    ///
    /// - Parameters:
    ///   - epochs: a range of existing epochs, not empty.
    ///   - progress: called from time to time with how many events were replayed since the last call.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        epochs: Range<Int>,
        progress: (UInt64) -> Void = { _ in }
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        try run(EpochRequest(epochs)) { progress($0.count) }.result
    }

    /// Replays some epochs. If the last run of this session ended where the first of them begins, the guest just goes on from
    /// there; otherwise their first keyframe is restored. What is found is the same.
    ///
    /// - Parameter note: called with each step.
    /// - Returns: what this run has found, up to the first divergence.
    public mutating func run(
        _ request: EpochRequest,
        note: (ReplayStep) -> Void
    ) throws(ReplayError) -> EpochRun {
        found = ReplayReport(outcome: core.reader.outcome, digest: core.known.digest, remarks: remarks)
        (log, passed, core.acceptedBits) = (EpochLog(), PassedKeyframes(), 0)
        core.mostLooks = request.mostLooks
        var sequelBefore = core.sequel
        var divergence: Divergence?
        do throws(ReplayStop) {
            runEnd = try end(of: request.epochs)
            try stand(at: request.epochs.lowerBound, after: request.sequel)
            sequelBefore = core.sequel
            try replayToEnd(isVisited: request.wantsEvents, note: note)
            if passed.count == 0 { standing = request.epochs.upperBound }
        } catch {
            switch error {
            case .divergence(let found): divergence = found
            case .error(let error): throw error
            }
        }
        return EpochRun(
            report: report,
            divergence: divergence,
            sequelBefore: sequelBefore,
            sequelAfter: core.sequel
        )
    }

    /// Brings the machine into the state in which an epoch begins.
    private mutating func stand(at epoch: Int, after sequel: GuestSequel?) throws(ReplayStop) {
        let isThere = standing == epoch
        standing = nil
        if !isThere { try core.start(atKeyframe: epoch) }
        if let sequel { core.sequel = sequel }
        guard epoch > 0 || !isThere else { return }
        log.begin(epoch, at: EventOrdinal(core.cursor.position.rawValue - 1))
    }

    /// One past the last event. It includes the keyframe that ends the last epoch, because that is compared too.
    private func end(of epochs: Range<Int>) throws(ReplayStop) -> EventOrdinal {
        let reader = core.reader
        guard epochs.upperBound < reader.keyframeCount else { return reader.events.upperBound }
        return EventOrdinal(try onTrace(reader.keyframeEntry(epochs.upperBound)).event.rawValue + 1)
    }

    /// Replays exits in one go, as far as that is possible from here.
    ///
    /// - Returns: the exit that the guest has made for the next event, if it has made one.
    private mutating func replayExits(isVisited: Bool, note: (ReplayStep) -> Void) throws(ReplayStop) -> Exit? {
        // A visitor is told how many instructions lead to each event. If the trace does not say, they are counted one by one.
        if isVisited, core.processor.instructionsRetired != nil, !core.isCounted { return nil }
        let run = try core.replayPlainExits(before: runEnd)
        found.events += UInt64(run.count)
        if isVisited {
            for _ in 0..<run.count {
                if let recorded = try core.nextEvent() { note(.event(recorded)) }
            }
        } else {
            core.cursor.skip(exits: run.count)
            note(.exits(UInt64(run.count)))
        }
        return run.other
    }

    /// Replays from where the guest stands to ``runEnd``.
    private mutating func replayToEnd(isVisited: Bool, note: (ReplayStep) -> Void) throws(ReplayStop) {
        while core.cursor.position < runEnd {
            let exit = try replayExits(isVisited: isVisited, note: note)
            guard core.cursor.position < runEnd, var recorded = try core.nextEvent() else { break }
            if case .keyframe(let number, let position) = recorded.event {
                try meet(keyframe: number, position, recorded)
            } else {
                try core.replay(recorded, landing: landing, having: exit)
            }
            core.recent.append(recorded)
            found.events += 1
            core.setCount(of: &recorded)
            note(.event(recorded))
        }
        let reader = core.reader
        // If events are lost, this is not the real end. Reading on reports that.
        if runEnd == reader.events.upperBound { _ = try core.nextEvent() }
        // After the last keyframe of a complete trace there is only the end of the trace.
        if reader.outcome == nil { log.end(at: EventOrdinal(core.cursor.position.rawValue - 1), .end) }
        found.epochs = log.epochs
    }

    /// Reaches a keyframe or passes it over, and notes what this proves about the stretch before it.
    private mutating func meet(
        keyframe number: UInt32,
        _ position: KeyframePosition,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) {
        let arrival =
            position == .asynchronous
            ? try land(onKeyframe: number, recorded) : try core.replay(recorded, landing: landing)
        if let arrival {
            log.end(at: recorded.ordinal, count(arrival))
        } else {
            found.keyframesPassed += 1
            log.pass(at: recorded.ordinal)
        }
        log.begin(Int(number), at: recorded.ordinal)
    }

    /// Counts the stretches since the last keyframe that was reached. This arrival ends them.
    private mutating func count(_ arrival: Arrival) -> EpochReport.Ending {
        let count = 1 + passed.takeCount()
        switch arrival {
        case .beginning: return .executed
        case .executed:
            found.epochsExecuted += count
            return .executed
        case .restored(let reason):
            found.jumps[reason, default: 0] += count
            if reason == .cutOff {
                found.remarks.append(
                    "the last state was restored: the events that led to it were lost with the trace's end"
                )
            }
            return reason == .notReached ? .unproved : .jumped
        }
    }
}
