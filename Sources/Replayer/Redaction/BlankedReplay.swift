internal import ByteCoding
internal import Engine
internal import TraceFormat
internal import X86

/// Replays a trace with some of its input blanked. Every exit is compared with the recording. States are not compared
/// until they are equal again.
///
/// While no blanked input is *live*, the guest's state equals the recording's. A piece becomes live when it is given to
/// the guest. All pieces are dead at the next place where the state equals the recorded one. That place can be a
/// keyframe. If a keyframe lies between two exits and the guest is given nothing there, the place is after the next
/// exit, because executing to such a keyframe can take seconds and does not succeed on every host.
struct BlankedReplay<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var core: ReplayCore<P>
    let landing: Landing
    /// The pieces that may be blanked, in order.
    let inputs: [RecordedInput]
    /// Which of the pieces are blanked.
    var isBlanked: [Bool]
    /// Writes the result, if it is to be written.
    var writer: TraceWriter?
    /// What the replay is for.
    var stage = Stage.learning
    /// Called with every event that was replayed.
    let visit: (EventOrdinal) -> Void

    /// What the recording's own replay has shown.
    var learned = Learned()
    /// The keyframe that was skipped since the last event, in the recording's own replay.
    var passedKeyframe: Int?
    /// How far the guest's state has moved away from the recorded one.
    var distance = Distance()
    /// The keyframes that were reached in another state than the recorded one, and those that were left out because
    /// they would have been.
    var changedKeyframes: [EventOrdinal] = []
    /// The last keyframe that was reached, and the state there.
    var lastKeyframe: (entry: KeyframeEntry, state: ProcessorState?)?
    /// The summary of the trace that the writer produced.
    var summary: TraceSummary?
    /// The first piece that does not lie entirely before the next event.
    private var nextInput = 0

    /// The purpose of a replay.
    enum Stage {
        /// To find out whether the unchanged trace replays, and to collect what later replays are compared with.
        case learning
        /// To find out what can be blanked. The stretches between blanked pieces are known to replay, so they are not
        /// executed again if a keyframe leads past them.
        case searching
        /// To write the result, and to check that it replays from its beginning to its end.
        case writing
    }

    /// What the recording's own replay has shown.
    struct Learned {
        /// The states after some of the exits.
        var checkpoints: [EventOrdinal: Checkpoint] = [:]
        /// How many times each landing looked before it found the guest there.
        var looks: [UInt32: Int] = [:]
        /// The moments between two exits that executing did not lead to, although this host can stop the guest there.
        var missedLandings: [EventOrdinal] = []
        /// The digest at the end, for a trace that does not end with a keyframe.
        var endDigest: StateDigest?
    }

    /// What the guest may still hold of blanked input.
    struct Distance {
        /// The blanked pieces that the guest may still hold.
        var live: [Int] = []
        /// The last keyframe at which the state was the recorded one, or became so soon after. From there on the guest
        /// reaches the same states.
        var lastEqualKeyframe = 0
        /// Pages that have changed since that keyframe.
        var changedPages: Set<GuestPhysicalAddress> = []
    }

    /// The recorded state after an exit.
    struct Checkpoint {
        /// The keyframe before the exit. The guest is given nothing between the two.
        var keyframe: Int
        /// The digest of the state.
        var digest: StateDigest
    }

    /// Why a blanked replay stops early.
    struct Failure {
        var event: EventOrdinal
        var reason: KeptInput.Reason
        /// The pieces that may have caused it.
        var suspects: [Int]
        /// The keyframe from which the replay can be tried again.
        var start: Int
    }

    /// Takes a session that has not begun. Nothing is blanked yet.
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

    /// Restores a keyframe and replays from it, up to and including an event.
    ///
    /// - Returns: what blanking led to, if it made the replay fail.
    /// - Throws: if the trace does not replay without blanking either.
    mutating func run(fromKeyframe number: Int, to last: EventOrdinal) throws(ReplayStop) -> Failure? {
        do throws(ReplayStop) {
            try begin(atKeyframe: number)
            while core.cursor.position <= last, let recorded = try core.nextEvent() {
                if let reason = try replay(recorded) { return failure(for: reason) }
                visit(recorded.ordinal)
            }
            return nil
        } catch {
            guard !distance.live.isEmpty, let reason = reason(error) else { throw error }
            return failure(for: reason)
        }
    }

    private func failure(for reason: KeptInput.Reason) -> Failure {
        Failure(
            event: EventOrdinal(core.cursor.position.rawValue - 1),
            reason: reason,
            suspects: distance.live,
            start: distance.lastEqualKeyframe
        )
    }

    private mutating func begin(atKeyframe number: Int) throws(ReplayStop) {
        (distance, passedKeyframe) = (Distance(lastEqualKeyframe: number), nil)
        let event = try core.start(atKeyframe: number).ordinal
        guard number > 0 || event == core.reader.header.firstEvent else {
            throw ReplayStop.error(.inconsistent(event, "the trace does not begin with a keyframe"))
        }
        let entry = try onTrace(core.reader.keyframeEntry(number))
        lastKeyframe = (entry, nil)
        nextInput = inputs.firstPlace { $0.events.upperBound >= event }
        if stage == .writing {
            try write(onTrace(core.reader.event(at: event)), recorded: onTrace(core.reader.keyframe(number)))
        }
    }

    /// Brings the guest past an event. Returns why blanked input prevents that, if it does so in a way that only blanked
    /// input can.
    private mutating func replay(_ recorded: RecordedEvent) throws(ReplayStop) -> KeptInput.Reason? {
        switch recorded.event {
        case .keyframe(let number, _): return try meet(keyframe: number, recorded)
        case .end(let outcome): return try end(outcome, recorded)
        default:
            let given = take(recorded)
            // What the guest does with other input may take it another number of instructions.
            core.instructions.areCompared = distance.live.isEmpty
            try core.replay(given, landing: landing)
            writer?.append(
                given.event,
                rip: given.rip,
                time: given.time,
                instructions: core.instructions.atLastEvent
            )
            switch stage {
            case .learning: try noteState(behind: recorded)
            case .searching, .writing: if given == recorded { try compareState(behind: recorded) }
            }
            return nil
        }
    }

    /// The event as the guest will see it.
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

    /// What an error says about the blanked input; nil for an error that has nothing to do with it.
    private func reason(_ stop: ReplayStop) -> KeptInput.Reason? {
        let event = EventOrdinal(core.cursor.position.rawValue - 1)
        switch stop {
        case .divergence where core.pace.watch.hasExpired: return .stalled(event)
        case .divergence(let divergence):
            return .divergence(event, expected: divergence.expected, actual: divergence.actual)
        // A guest that has gone another way may be in the middle of another instruction.
        case .error(.engine(let error)): return .divergence(event, expected: "this event", actual: "\(error)")
        case .error: return nil
        }
    }
}

extension Array {
    /// The index of the first element from which all elements fulfil a condition.
    fileprivate func firstPlace(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
