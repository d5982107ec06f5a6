internal import Devices
internal import Engine
internal import Machine
internal import Platform
internal import TraceFormat
internal import X86

/// Runs a guest on a board, exit by exit, and tells a sink what was put into it.
///
/// The only place where host time and host requests enter. Generic over processor, board and sink so that the loop makes
/// direct calls.
struct Runner<P: DebuggableProcessor & ~Copyable, B: Board & ~Copyable, Sink: EventSink & ~Copyable>: ~Copyable {
    var processor: P
    var board: B
    var sink: Sink
    var time: RunTime
    let control: RunControl
    var terminal: GuestTerminal
    /// What a guest may wait for packets of.
    let links: [any HostLink]
    var interrupts: InterruptSchedule
    var schedule: KeyframeSchedule
    /// What says when the guest is given its inputs, if it is not the devices alone.
    var plan: PlanFollower?
    var resets: GuestResets
    /// Traps hidden reads in code that was not loaded with the guest, if they are trapped.
    var discovery: CodeDiscovery?
    /// Whether the guest stands right behind the last event, or somewhere after it.
    var position = KeyframePosition.synchronous
    private let lent = LentInPlace()

    init(
        processor: consuming P,
        board: consuming B,
        sink: consuming Sink,
        setup: RunSetup,
        reloading reloaded: MachineConfiguration? = nil,
        discovery: CodeDiscovery? = nil
    ) {
        self.processor = processor
        self.processor.keepStringsWhole()
        self.board = board
        self.sink = sink
        time = RunTime(setup.clock, chaosSeed: setup.chaosSeed)
        control = RunControl(stop: setup.stop, progress: setup.progress, limits: setup.limits)
        terminal = GuestTerminal(setup)
        links = Array(setup.unikernel.links.values)
        interrupts = InterruptSchedule(grace: setup.graceNanoseconds)
        schedule = KeyframeSchedule(setup.keyframes)
        resets = GuestResets(configuration: setup.resets ? reloaded : nil)
        self.discovery = discovery
    }

    /// Gives the sink back, and the processor's machine to the host.
    consuming func finish() -> Sink { sink }

    /// Seconds since the run was set up.
    var seconds: Double { Double(time.clock.now.nanoseconds) / 1e9 }

    /// Runs from the present state to the outcome, with a keyframe at either end.
    ///
    /// A host that fails on the way ends the run, as one of its limits does. What was recorded up to there is kept.
    ///
    /// - Throws: what kept the first keyframe from being taken. There is nothing to replay then.
    mutating func run() throws(EngineError) -> Outcome {
        let alarm = Alarm(clock: time.clock, kicker: processor.kicker)
        let stop = control.stop
        stop.attach(processor.kicker)
        if let seconds = control.limits.seconds { stop.requestAfter(seconds: seconds) }
        terminal.input.attach { stop.wake() }
        terminal.start()
        defer {
            terminal.input.attach(nil)
            alarm.cancel()
            stop.attach(nil)
            terminal.console.flush()
        }
        time.look()
        if resets.configuration != nil { resets.initialState = try processor.state() }
        try takeKeyframe()
        do { return try runToOutcome(alarm) } catch { return outcome(because: error) }
    }

    private mutating func runToOutcome(_ alarm: Alarm) throws(EngineError) -> Outcome {
        while true {
            let outcome = try afterReset(step(alarm))
            control.progress.events = sink.eventCount
            guard let outcome else { continue }
            let isFinished: Bool
            do throws(EngineError) {
                isFinished = try finishesInstruction()
            } catch {
                // The guest has come to an end of its own, whatever the host does with the rest of its instruction.
                guard outcome.isOfTheGuest else { throw error }
                return outcome
            }
            guard isFinished || !outcome.canWait else { continue }
            // An instruction that is never finished leaves no state to record.
            if isFinished { try takeKeyframe() }
            return outcome
        }
    }

    /// Ends a run that the host cannot go on with, with the last state if the host still gives it.
    private mutating func outcome(because error: EngineError) -> Outcome {
        // What the guest has executed since its last event, nobody knows.
        position = .asynchronous
        do throws(EngineError) {
            try processor.completePendingAccess()
            try takeKeyframe()
        } catch {
            // The trace ends with its last event.
        }
        return .hostLimit("\(error)")
    }

    /// Lets the guest go on to its next exit, unless it has to stop.
    private mutating func step(_ alarm: Alarm) throws(EngineError) -> Outcome? {
        if !processor.isInsideInstruction {
            if let reason = control.reasonToStop(events: sink.eventCount, bytes: sink.byteCount) {
                return .stopped(reason)
            }
            if let failure = sink.failure { return .hostLimit("\(failure)") }
            if isKeyframeDue, try finishesInstruction() { try takeKeyframe() }
            try advanceBoard()
            if terminal.input.hasBytes { try feedConsole() }
            try deliverInterrupt(alarm)
        }
        let start = time.now
        guard let exit = try nextExit(alarm) else { return nil }
        time.look()
        terminal.console.flushStale(at: time.now)
        let outcome = try handle(exit, after: time.now.nanoseconds(since: start))
        if board.hasDeviceAccesses { try appendDeviceAccesses() }
        if outcome == nil, discovery != nil { try discoverCode(after: exit) }
        return outcome
    }

    /// Executes up to the next exit; nil where a plan has the guest stop for an input.
    private mutating func nextExit(_ alarm: Alarm) throws(EngineError) -> Exit? {
        guard let place = plan?.destination, !processor.isInsideInstruction else { return try processor.run() }
        return try run(to: place, alarm)
    }

    /// Between two exits only when no exit has come for as long as an interrupt would wait for one: a replay gets to an exit by
    /// executing.
    private var isKeyframeDue: Bool {
        switch position {
        case .synchronous, .reset: schedule.isDue(at: time.now, event: sink.eventCount)
        case .asynchronous: schedule.deadline.map { time.now.nanoseconds(since: $0) >= interrupts.grace } ?? false
        }
    }

    /// Finishes the last exit's instruction; false where it has another access to make, and no state to record until then.
    mutating func finishesInstruction() throws(EngineError) -> Bool {
        do {
            try processor.completePendingAccess()
            return true
        } catch .unfinishedInstruction {
            return false
        }
    }

    /// Records the whole present state: the guest then stands right behind that event.
    mutating func takeKeyframe() throws(EngineError) {
        try sink.appendKeyframe(of: &processor, position: position, at: time.now)
        position = .synchronous
        schedule.took(at: time.now, event: sink.eventCount)
    }
}

extension Outcome {
    /// Whether an exit of the guest's own has brought it about.
    fileprivate var isOfTheGuest: Bool {
        switch self {
        case .exited, .halted, .reset, .poweredOff, .guestFault: true
        case .tripleFault, .emulationFailure, .hostLimit, .stopped: false
        }
    }

    /// Whether a run that ends like this may as well go on to the end of its instruction: it will be asked to end again.
    fileprivate var canWait: Bool {
        switch self {
        case .stopped(.interrupted), .stopped(.timeLimit), .stopped(.eventLimit): true
        default: false
        }
    }
}
