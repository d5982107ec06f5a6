internal import ByteCoding
internal import Engine
internal import TraceFormat
internal import X86

/// Replays a trace with some of its input blanked: every exit is compared with the recording, states are not until they are
/// equal again.
///
/// While no blanked input is *live*, the guest's state is the recording's. A piece becomes live when it is given to the
/// guest, and all are dead at the next place at which the state equals the recorded one: at a keyframe, or, where a keyframe
/// lies between two exits and the guest is given nothing there, behind the next exit. Executing to such a keyframe itself
/// can take seconds, and does not succeed everywhere.
struct BlankedReplay<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var core: ReplayCore<P>
    let landing: Landing
    /// The pieces that may be blanked, in order.
    let inputs: [RecordedInput]
    /// Which of them are.
    var isBlanked: [Bool]
    /// Where the result goes, if it goes anywhere.
    var writer: TraceWriter?
    /// What the replay is for.
    var stage = Stage.learning
    /// Is told of every event that was replayed.
    let visit: (EventOrdinal) -> Void

    /// What the recording's own replay has shown.
    var learned = Learned()
    /// The keyframe that was passed by since the last event, in the recording's own replay.
    var passedKeyframe: Int?
    /// How far the guest is from the recorded one.
    var distance = Distance()
    /// The keyframes that were met in another state than the recorded one, or left out because they would have been.
    var changedKeyframes: [EventOrdinal] = []
    /// The keyframe that was met last, and the state there.
    var lastKeyframe: (entry: KeyframeEntry, state: ProcessorState?)?
    /// What the writer made.
    var summary: TraceSummary?
    /// The first piece that does not lie before the next event.
    private var nextInput = 0

    /// What a replay is for.
    enum Stage {
        /// To find out whether the trace replays as it is, and what later replays are compared with.
        case learning
        /// To find out what can be blanked. What lies between blanked pieces is known to replay, and not executed again where
        /// a keyframe leads past it.
        case searching
        /// To write what was found, and to see it replay from its beginning to its end.
        case writing
    }

    /// What the recording's own replay has shown.
    struct Learned {
        /// Its states behind some exits.
        var checkpoints: [EventOrdinal: Checkpoint] = [:]
        /// How many times each landing looked before it was there.
        var looks: [UInt32: Int] = [:]
        /// The moments between two exits that executing did not lead to, though this host can stop the guest there.
        var missedLandings: [EventOrdinal] = []
        /// The digest at the end, for a trace that does not end with a keyframe.
        var endDigest: StateDigest?
    }

    /// What the guest may have of blanked input.
    struct Distance {
        /// The blanked pieces that it may still hold.
        var live: [Int] = []
        /// The last keyframe at which the state was the recorded one, or soon enough: from there on the guest comes to the same.
        var lastEqualKeyframe = 0
        /// Pages that have changed since then.
        var changedPages: Set<GuestPhysicalAddress> = []
    }

    /// The recorded state behind an exit.
    struct Checkpoint {
        /// The keyframe before the exit: the guest is given nothing between the two.
        var keyframe: Int
        /// Of the state.
        var digest: StateDigest
    }

    /// Why a blanked replay ends before its end.
    struct Failure {
        var event: EventOrdinal
        var reason: KeptInput.Reason
        /// The pieces that may have brought it about.
        var suspects: [Int]
        /// The keyframe from which on it can be tried again.
        var start: Int
    }

    /// Takes a session that has not begun. Blanks nothing yet.
    init(
        _ session: consuming ReplaySession<P>,
        inputs: [RecordedInput],
        visit: @escaping (EventOrdinal) -> Void
    ) {
        landing = session.landing
        core = session.core
        self.inputs = inputs
        self.visit = visit
        isBlanked = [Bool](repeating: false, count: inputs.count)
    }

    /// Replays from a keyframe on, whose state is restored, up to and with an event.
    ///
    /// - Returns: what came of blanking, if anything did.
    /// - Throws: `ReplayStop` where the trace does not replay without it either.
    mutating func run(fromKeyframe number: Int, to last: EventOrdinal) throws -> Failure? {
        do {
            try begin(atKeyframe: number)
            while core.cursor.position <= last, let recorded = try core.nextEvent() {
                try replay(recorded)
                visit(recorded.ordinal)
            }
            return nil
        } catch {
            let reason = distance.live.isEmpty ? nil : reason(error)
            guard let reason else { throw error }
            return Failure(
                event: EventOrdinal(core.cursor.position.rawValue - 1),
                reason: reason,
                suspects: distance.live,
                start: distance.lastEqualKeyframe
            )
        }
    }

    private mutating func begin(atKeyframe number: Int) throws {
        (distance, passedKeyframe) = (Distance(lastEqualKeyframe: number), nil)
        let event = try core.start(atKeyframe: number).ordinal
        guard number > 0 || event == core.reader.header.firstEvent else {
            throw ReplayStop.error(.inconsistent(event, "the trace does not begin with a keyframe"))
        }
        let entry = try core.reader.keyframeEntry(number)
        lastKeyframe = (entry, nil)
        nextInput = inputs.firstPlace { $0.events.upperBound >= event }
        if stage == .writing { try write(core.reader.event(at: event), recorded: core.reader.keyframe(number)) }
    }

    private mutating func replay(_ recorded: RecordedEvent) throws {
        switch recorded.event {
        case .keyframe(let number, _): try meet(keyframe: number, recorded)
        case .end(let outcome): try end(outcome, recorded)
        default:
            let given = take(recorded)
            try core.replay(given, landing: landing)
            writer?.append(given.event, rip: given.rip, time: given.time)
            switch stage {
            case .learning: try noteState(behind: recorded)
            case .searching, .writing: if given == recorded { try compareState(behind: recorded) }
            }
        }
    }

    /// The event as the guest is to see it.
    private mutating func take(_ recorded: RecordedEvent) -> RecordedEvent {
        while nextInput < inputs.count, inputs[nextInput].events.upperBound < recorded.ordinal { nextInput += 1 }
        guard nextInput < inputs.count, isBlanked[nextInput], inputs[nextInput].events.contains(recorded.ordinal) else {
            return recorded
        }
        if distance.live.last != nextInput { distance.live.append(nextInput) }
        var given = recorded
        given.event = recorded.event.blanked
        return given
    }

    /// What an error says of the blanked input; nil for one that has nothing to do with it.
    private func reason(_ error: any Error) -> KeptInput.Reason? {
        let event = EventOrdinal(core.cursor.position.rawValue - 1)
        switch error {
        case let reason as Stop: return reason.reason
        case ReplayStop.divergence where core.pace.watch.hasExpired: return .stalled(event)
        case ReplayStop.divergence(let divergence):
            return .divergence(event, expected: divergence.expected, actual: divergence.actual)
        // A guest that has gone elsewhere may be in the middle of another instruction.
        case ReplayStop.error(.engine(let error)):
            return .divergence(event, expected: "this event", actual: "\(error)")
        default: return nil
        }
    }

    /// Ends a blanked replay for a reason of its own.
    struct Stop: Error {
        var reason: KeptInput.Reason
    }
}

extension Array {
    /// The place of the first element that fulfils a condition which all elements after it fulfil too.
    fileprivate func firstPlace(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
