public import Engine
public import GuestMemory
public import TraceFormat
public import X86

/// A machine that goes to any moment of a trace: restores the keyframe before it and executes the rest.
///
/// Everything on the way is compared with the trace as in a replay, so that what is shown is what was.
public struct Timeline<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    /// The trace.
    public let reader: TraceReader
    var core: ReplayCore<P>
    private let landing: Landing
    /// The event that comes next, where one has been looked at and not been replayed.
    var upcoming: RecordedEvent?
    /// The keyframe to land on, where the next event is one between two exits.
    var target: (place: LandingTarget, keyframe: Keyframe)?
    /// The processor stops after each instruction.
    var isStepping = false
    /// The privilege level at the last event.
    var privilege = 0
    /// Interrupts that the guest was given and has not taken yet, in order.
    var deliveries: [RecordedEvent] = []
    /// Whether this host can stop the guest between an interrupt's delivery and its handler's first instruction; false once it
    /// has not.
    var stopsAtHandlers = true

    /// Exceptions that instructions raise, by the moment before: where a step was found to have led to a handler.
    var exceptions: [Moment: [CodePlace]] = [:]
    /// Is called at every event that the machine has come to.
    public var visit: () -> Void = {}

    /// The moments between two exits that executing did not lead to, though this host can stop the guest there. The machine was
    /// put there, and what was shown of the stretches before them may not be what the recorded guest did.
    public private(set) var missedLandings: [EventOrdinal] = []

    /// Where the machine stands; nil if it stands nowhere in the trace, as before the first ``seek(to:)``.
    public internal(set) var moment: Moment?

    /// Takes a session that has not begun.
    init(_ session: consuming ReplaySession<P>) {
        reader = session.core.reader
        landing = session.landing
        core = session.core
    }

    /// The memory at ``moment``.
    public var memory: GuestMemory { core.processor.memory }

    /// The processor's state at ``moment``.
    public mutating func state() throws(TimelineError) -> ProcessorState {
        try attempt { core throws(ReplayStop) in try onEngine(core.processor.state()) }
    }

    /// The machine at ``moment``, to be looked at.
    public mutating func view() throws(TimelineError) -> LiveView {
        LiveView(state: try state(), memory: memory)
    }

    /// Goes to a moment.
    ///
    /// The moment of an event is right behind it: the guest has been given its input, and has not executed anything since.
    ///
    /// - Throws: `.noSuchMoment` where the trace has no such event, or the next event comes in fewer instructions.
    public mutating func seek(to target: Moment) throws(TimelineError) {
        try approach(target)
        while let present = moment, present.event < target.event { try replayNext() }
        try completeAccess()
        while let present = moment, present.instructions < target.instructions {
            guard try step().isCounted else {
                throw .noSuchMoment(
                    "there is no moment \(target): the next event comes \(present.instructions) instructions after "
                        + "event \(present.event)"
                )
            }
        }
        guard moment == target || target.instructions == 0 else {
            throw .noSuchMoment(
                "this host executes the first instruction of an interrupt's handler together with its delivery, and cannot "
                    + "show \(target) between the two; give a later moment"
            )
        }
    }

    /// Brings the machine to the target, or before it with no keyframe in between.
    private mutating func approach(_ target: Moment) throws(TimelineError) {
        guard reader.events.contains(target.event), let number = try keyframe(before: target.event) else {
            let error = TraceError.noSuchEvent(
                target.event,
                first: reader.header.firstEvent,
                count: reader.eventCount
            )
            throw .noSuchMoment("\(error)")
        }
        let entry: KeyframeEntry
        do { entry = try reader.keyframeEntry(number) } catch { throw .replay(.trace(error)) }
        guard let present = moment, present <= target, present.event >= entry.event else { return try restore(number) }
    }

    private func keyframe(before event: EventOrdinal) throws(TimelineError) -> Int? {
        do { return try reader.keyframe(atOrBefore: event) } catch { throw .replay(.trace(error)) }
    }

    /// Goes to a keyframe's moment by restoring it.
    ///
    /// - Throws: `.replay(.trace(.noSuchKeyframe))`, or a divergence where this host does not keep the state.
    public mutating func restore(_ number: Int) throws(TimelineError) {
        try endStepping()
        let event = try attempt { core throws(ReplayStop) in try core.start(atKeyframe: number) }
        (upcoming, target, deliveries) = (nil, nil, [])
        moment = Moment(event: event.ordinal)
    }

    /// Executes up to the next event and through it.
    ///
    /// - Returns: the event; nil at the end of the trace.
    @discardableResult
    public mutating func replayNext() throws(TimelineError) -> RecordedEvent? {
        try endStepping()
        guard let next = try peek() else { return nil }
        let landing = landing
        let arrival = try attempt { core throws(ReplayStop) in
            let arrival = try core.replay(next, landing: landing)
            core.recent.append(next)
            return arrival
        }
        if arrival == .restored(.notReached) { missedLandings.append(next.ordinal) }
        arrive(at: next)
        return next
    }

    /// The event that comes next; nil at the end of the trace.
    public mutating func peek() throws(TimelineError) -> RecordedEvent? {
        if upcoming == nil { upcoming = try attempt { core throws(ReplayStop) in try core.nextEvent() } }
        return upcoming
    }

    /// Finishes the last event's instruction, so that state and memory can be looked at.
    ///
    /// - Throws: `.insideInstruction` where it has another access to make; nothing is lost.
    public mutating func completeAccess() throws(TimelineError) {
        guard try finishAccess() else { throw .insideInstruction(moment?.event ?? reader.header.firstEvent) }
    }

    /// Finishes the last event's instruction; false where it has another access to make, so that no state belongs to the
    /// event.
    public mutating func finishAccess() throws(TimelineError) -> Bool {
        if core.processor.isInsideInstruction { return false }
        do {
            try core.processor.completePendingAccess()
            return true
        } catch .unfinishedInstruction {
            return false
        } catch {
            moment = nil
            throw .replay(.engine(error))
        }
    }

    mutating func arrive(at event: RecordedEvent) {
        visit()
        moment = Moment(event: event.ordinal)
        (upcoming, target) = (nil, nil)
        switch event.event {
        case .interrupt, .nonMaskableInterrupt: deliveries.append(event)
        case .deviceWrite, .keyframe: break
        // The guest has executed something: what it could take, it has taken.
        default: deliveries.removeAll { $0.event != .nonMaskableInterrupt }
        }
    }

    mutating func endStepping() throws(TimelineError) {
        guard isStepping else { return }
        isStepping = false
        try attempt { core throws(ReplayStop) in try onEngine(core.processor.setBreakpoints([])) }
    }

    /// Does something that leaves the machine nowhere in particular if it fails.
    mutating func attempt<Result>(
        _ body: (inout ReplayCore<P>) throws(ReplayStop) -> Result
    ) throws(TimelineError) -> Result {
        do {
            return try body(&core)
        } catch {
            moment = nil
            throw TimelineError(error)
        }
    }
}

extension TimelineError {
    /// What a replay's stop means for its timeline.
    fileprivate init(_ stop: ReplayStop) {
        switch stop {
        case .divergence(let divergence): self = .divergence(divergence)
        case .error(let error): self = .replay(error)
        }
    }
}
