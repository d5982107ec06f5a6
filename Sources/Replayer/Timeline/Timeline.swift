public import Engine
public import GuestMemory
public import TraceFormat
public import X86

/// A machine that goes to any moment of a trace. It restores the keyframe before the moment and executes the rest.
///
/// On the way it compares everything with the trace, as a replay does, so it shows what really happened.
public struct Timeline<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    /// The trace.
    public let reader: TraceReader
    var core: ReplayCore<P>
    private let landing: Landing
    /// The next event, if it has been read but not replayed yet.
    var upcoming: RecordedEvent?
    /// The keyframe to land on, if the next event is a keyframe between two exits.
    var target: (place: LandingTarget, keyframe: Keyframe)?
    /// Whether the processor stops after each instruction.
    var isStepping = false
    /// The privilege level at the last event.
    var privilege = 0
    /// Interrupts that the guest was given but has not taken yet, in order.
    var deliveries: [RecordedEvent] = []
    /// Whether this host can stop the guest between the delivery of an interrupt and the handler's first instruction.
    /// Becomes false as soon as the host fails to do so.
    var stopsAtHandlers = true

    /// The handlers of exceptions that instructions raise, by the moment before. A moment is added when a step turns
    /// out to have led to a handler.
    var exceptions: [Moment: [CodePlace]] = [:]
    /// Called at every event that the machine reaches.
    public var visit: () -> Void = {}

    /// The moments between two exits that executing did not lead to, although this host can stop the guest there. The
    /// machine was put there instead. What was shown of the stretches before them may not be what the recorded guest
    /// did.
    public private(set) var missedLandings: [EventOrdinal] = []

    /// How the machine reached the last keyframe that ``replayNext()`` went through.
    private(set) var lastArrival: Arrival?

    /// The moment at which the machine stands; nil if it does not stand at any moment of the trace, for example before
    /// the first ``seek(to:)``.
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

    /// A view of the machine at ``moment``.
    public mutating func view() throws(TimelineError) -> LiveView {
        LiveView(state: try state(), memory: memory)
    }

    /// Goes to a moment.
    ///
    /// The moment of an event is right after it: the guest has been given its input but has not executed anything
    /// since.
    ///
    /// - Throws: `.noSuchMoment` if the trace has no such event, or if fewer instructions lie before the next event.
    public mutating func seek(to target: Moment) throws(TimelineError) {
        try approach(target)
        while let present = moment, present.event < target.event { try replayNext() }
        try completeAccess()
        try advance(to: target)
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

    /// Brings the machine to the target, or to a place before it with no keyframe in between.
    private mutating func approach(_ target: Moment) throws(TimelineError) {
        guard reader.events.contains(target.event),
            let number = try fromTrace(reader.keyframe(atOrBefore: target.event))
        else {
            let error = TraceError.noSuchEvent(
                target.event,
                first: reader.header.firstEvent,
                count: reader.eventCount
            )
            throw .noSuchMoment("\(error)")
        }
        let start = try fromTrace(reader.keyframeEntry(number)).event
        guard let present = moment, present <= target, present.event >= start else { return try restore(number) }
    }

    /// Goes to a keyframe's moment by restoring the keyframe.
    ///
    /// - Throws: `.replay(.trace(.noSuchKeyframe))`, or a divergence if this host does not preserve the state.
    public mutating func restore(_ number: Int) throws(TimelineError) {
        try endStepping()
        let event = try attempt { core throws(ReplayStop) in try core.start(atKeyframe: number) }
        (upcoming, target, deliveries) = (nil, nil, [])
        moment = Moment(event: event.ordinal)
    }

    /// Executes up to and including the next event.
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
        if let arrival { lastArrival = arrival }
        if arrival == .restored(.notReached) { missedLandings.append(next.ordinal) }
        arrive(at: next)
        return next
    }

    /// Returns the next event; nil at the end of the trace.
    public mutating func peek() throws(TimelineError) -> RecordedEvent? {
        if upcoming == nil { upcoming = try attempt { core throws(ReplayStop) in try core.nextEvent() } }
        return upcoming
    }

    /// Finishes the last event's instruction, so that the state and memory can be examined.
    ///
    /// - Throws: `.insideInstruction` if the instruction has another access to make. The timeline remains usable.
    public mutating func completeAccess() throws(TimelineError) {
        guard try finishAccess() else { throw .insideInstruction(moment?.event ?? reader.header.firstEvent) }
    }

    /// Finishes the last event's instruction. Returns false if the instruction has another access to make, because then
    /// the event has no complete state.
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
        // The guest has executed something, so it has taken every interrupt that it could take.
        default: deliveries.removeAll { $0.event != .nonMaskableInterrupt }
        }
    }

    mutating func endStepping() throws(TimelineError) {
        guard isStepping else { return }
        isStepping = false
        try attempt { core throws(ReplayStop) in try onEngine(core.processor.setBreakpoints([])) }
    }

    /// Runs an operation. If it fails, the machine no longer stands at any moment.
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
    /// The timeline error for a replay that has stopped.
    fileprivate init(_ stop: ReplayStop) {
        switch stop {
        case .divergence(let divergence): self = .divergence(divergence)
        case .error(let error): self = .replay(error)
        }
    }
}
