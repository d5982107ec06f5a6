internal import ByteCoding
public import Engine
internal import GuestMemory
internal import Platform
public import TraceFormat
internal import X86

/// Replays a trace in a fresh machine, from its first keyframe to its end, comparing everything that can be compared.
///
/// Every exit is compared (kind, port or address, size, data written, RIP), and at every keyframe the digest of the
/// processor and all memory. Inputs come from the trace alone: no device model takes part.
public struct ReplaySession<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var processor: P
    let reader: TraceReader
    var cursor: EventCursor
    var tracker = StateTracker()
    /// What the trace stores of keyframes, held against their digests: of those too that are reached by executing.
    var content = KeyframeContentCheck()
    /// Memory at the keyframe that was met last; nil before the first, when it is all zero.
    var memoryKeyframe: KeyframeMemory?
    /// Pages whose content has changed since the last keyframe was met.
    var changedSinceKeyframe: Set<GuestPhysicalAddress> = []
    /// Pages that were written, where somebody wants to know: they are taken with ``Timeline/takeWrittenPages()``.
    var writtenPages: Set<GuestPhysicalAddress>?
    let landing: Landing
    /// Whether keyframes that can be left aside are: they are when all that counts is the end.
    var passesKeyframes = false
    /// One past the last event that is to be replayed.
    var runEnd: EventOrdinal
    /// Epochs whose end was left aside since the last keyframe that was met.
    var epochsPassed = 0
    /// The exit before which all keyframes are left aside.
    var passesUntil = EventOrdinal(0)
    /// The epochs whose ends were met or left aside.
    var log = EpochLog()
    /// How many times the last landing by executing looked where it was; nil where the state was restored instead.
    var landingLooks: Int?
    /// The events of the asynchronous keyframes that executing did not lead to, though this host can stop the guest there.
    var missedLandings: [EventOrdinal] = []
    /// Stops a guest that computes on without coming to an exit.
    let timeWatch: GuestTimeWatch
    /// How long it may.
    let timeLimit: GuestTimeLimit
    /// When the last event was in the recording that the guest has come to; nil where nobody has looked.
    var metTime: UInt32?
    var recent = RecentEvents()
    /// What the guest's last exit means for the run.
    var sequel = Sequel.anything
    /// Whether the board is a unikernel's.
    let isUnikernel: Bool
    /// The command that the keyboard controller took and that waits for its byte, if one does.
    var keyboardCommand: UInt8?
    /// What it has found so far, also before a divergence.
    public internal(set) var report: ReplayReport

    /// Takes a processor with the trace's memory and profile, in any state.
    ///
    /// - Parameter landing: how to come to the moments at which the recording was interrupted between two exits.
    public init(_ reader: TraceReader, processor: consuming P, landing: Landing = .auto) {
        self.landing = landing
        timeWatch = GuestTimeWatch(processor.kicker)
        timeLimit = GuestTimeLimit(reader.header)
        isUnikernel = reader.header.machine.board == BoardName.unikernel
        self.processor = processor
        self.reader = reader
        cursor = reader.events()
        runEnd = reader.events.upperBound
        report = ReplayReport(outcome: reader.outcome, digest: StateDigest(processor: .zero, memory: .zero))
    }

    /// Runs to the end of the trace.
    ///
    /// - Parameter visit: is called with every event once it has been replayed.
    /// - Returns: the report, or the first divergence.
    public mutating func run(
        visit: (RecordedEvent) -> Void = { _ in }
    ) throws(ReplayError) -> Result<ReplayReport, Divergence> {
        try run(epochs: 0..<reader.keyframeCount, visit: visit)
    }

    /// Replays from where the guest stands to ``runEnd``.
    mutating func replayToEnd(visit: (RecordedEvent) -> Void) throws(ReplayStop) -> ReplayReport {
        passesKeyframes = true
        while cursor.position < runEnd, let recorded = try nextEvent() {
            let (jumped, unproved) = (report.epochsJumped, report.epochsUnproved)
            try replay(recorded)
            if case .keyframe(let number, _) = recorded.event {
                if epochsPassed > 0 {
                    log.pass(at: recorded.ordinal)
                } else {
                    let ending: EpochReport.Ending = report.epochsUnproved > unproved ? .unproved : .jumped
                    log.end(at: recorded.ordinal, report.epochsJumped > jumped ? ending : .executed)
                }
                log.begin(Int(number), at: recorded.ordinal)
            }
            recent.append(recorded)
            report.events += 1
            visit(recorded)
        }
        // Events that are lost are not the end: reading on says so.
        if runEnd == reader.events.upperBound { _ = try nextEvent() }
        // Behind the last keyframe of a whole trace there is nothing but its end.
        if reader.outcome == nil { log.end(at: EventOrdinal(cursor.position.rawValue - 1), .end) }
        report.epochs = log.epochs
        return report
    }

    /// The next event of the trace; nil after the last.
    mutating func nextEvent() throws(ReplayStop) -> RecordedEvent? {
        do { return try cursor.next() } catch { throw .error(.trace(error)) }
    }

    /// Brings the guest behind an event, from right behind the one before it.
    mutating func replay(_ recorded: RecordedEvent) throws(ReplayStop) {
        if recorded.ordinal == reader.header.firstEvent {
            guard recorded.event.kind == .keyframe else {
                throw .error(.inconsistent(recorded.ordinal, "the trace does not begin with a keyframe"))
            }
            if recorded.ordinal == EventOrdinal(0), case .keyframe(_, .reset) = recorded.event {
                throw .error(.inconsistent(recorded.ordinal, "the trace begins with a reset"))
            }
        }
        do {
            try checkSequel(recorded)
            switch recorded.event {
            case .interrupt(let vector): try injectInterrupt(vector, recorded)
            case .nonMaskableInterrupt: try injectNonMaskable(recorded)
            case .deviceWrite(let address, let bytes):
                try processor.completePendingAccess()
                if let isMasked = AddressLine20.isMasked(by: address, bytes) {
                    try processor.maskAddressLine20(isMasked)
                } else {
                    try processor.memory.write(bytes, at: address)
                }
            case .deviceRead(let read): try compareDeviceRead(read, recorded)
            case .keyframe(let number, .synchronous): try compareState(keyframe: number, recorded)
            case .keyframe(let number, .asynchronous): try land(onKeyframe: number, recorded)
            case .keyframe(let number, .reset): try reset(toKeyframe: number, recorded)
            case .end(let outcome): try compareEnd(outcome, recorded)
            default: try replayExit(recorded)
            }
            // A keyframe that was left aside begins no stretch.
            if epochsPassed == 0 || recorded.event.kind != .keyframe { metTime = recorded.time }
        } catch let stop as ReplayStop {
            throw stop
        } catch let error as EngineError {
            throw .error(.engine(error))
        } catch let error as TraceError {
            throw .error(.trace(error))
        } catch {
            // Among others: what the trace writes to memory must be where the trace says that memory is.
            throw .error(.inconsistent(recorded.ordinal, "\(error)"))
        }
    }
}

/// Why a replay stops before the end of its trace.
enum ReplayStop: Error {
    case divergence(Divergence)
    case error(ReplayError)
}
