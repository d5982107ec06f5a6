internal import Devices
internal import Engine
internal import Machine
internal import Platform
internal import TraceFormat
internal import X86

/// Runs a guest on a board, exit by exit, and reports its inputs to a sink.
///
/// This is the only place where host time and host requests enter. It is generic over the processor, board and sink so
/// that the loop makes direct calls.
struct Runner<P: DebuggableProcessor & ~Copyable, B: Board & ~Copyable, Sink: EventSink & ~Copyable>: ~Copyable {
    var processor: P
    var board: B
    var sink: Sink
    var time: RunTime
    let control: RunControl
    var terminal: GuestTerminal
    let network: GuestNetwork
    var interrupts: InterruptSchedule
    var schedule: KeyframeSchedule
    /// The plan that decides when the guest receives its inputs, or nil if only the devices decide.
    var plan: PlanFollower?
    var resets: GuestResets
    /// Traps hidden reads in code that was not loaded with the guest. It is nil if they are not trapped.
    var discovery: CodeDiscovery?
    /// Whether the guest is right after the last event or somewhere beyond it.
    var position = KeyframePosition.synchronous
    /// Counts the instructions between events.
    var counter: InstructionCounter
    /// Until when nothing is due.
    private var horizon = Horizon.closed
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
        network = GuestNetwork(setup)
        interrupts = InterruptSchedule(grace: setup.graceNanoseconds)
        schedule = KeyframeSchedule(setup.keyframes)
        resets = GuestResets(configuration: setup.resets ? reloaded : nil)
        self.discovery = discovery
        counter = InstructionCounter(
            findsMoments: self.processor.instructionsRetired != nil && !setup.keyframes.atInterrupts
        )
    }

    /// Returns the sink, and releases the processor's machine to the host.
    consuming func finish() -> Sink { sink }

    /// The number of seconds since the run was set up.
    var seconds: Double { Double(time.clock.now.nanoseconds) / 1e9 }

    /// Runs from the present state to the outcome, with a keyframe at both ends.
    ///
    /// If the host fails on the way, the run ends as if it had reached a limit. Everything recorded up to that point is
    /// kept.
    ///
    /// - Throws: the error that prevented the first keyframe. There is nothing to replay in that case.
    mutating func run() throws(EngineError) -> Outcome {
        let alarm = Alarm(clock: time.clock, kicker: processor.kicker)
        let stop = control.stop
        stop.attach(processor.kicker)
        if let seconds = control.limits.seconds { stop.request(.timeLimit, afterSeconds: seconds) }
        terminal.input.attach { stop.wake() }
        network.start { stop.wake() }
        terminal.start()
        defer {
            terminal.input.attach(nil)
            network.cancel()
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
            horizon = .closed
            guard let outcome else { continue }
            let isFinished: Bool
            do throws(EngineError) {
                isFinished = try finishesInstruction()
            } catch {
                // The guest has reached an end by itself, even if the host cannot finish its instruction.
                guard outcome.isOfTheGuest else { throw error }
                return outcome
            }
            guard isFinished || !outcome.canWait else { continue }
            // If the instruction never finishes, there is no state to record.
            if isFinished { try takeKeyframe() }
            return outcome
        }
    }

    /// Ends a run with which the host cannot continue. It records the last state if the host still provides it.
    private mutating func outcome(because error: EngineError) -> Outcome {
        // Nobody knows what the guest has executed since its last event.
        position = .asynchronous
        do throws(EngineError) {
            try processor.completePendingAccess()
            try takeKeyframe()
        } catch {
            // No last state: the trace ends with its last event.
        }
        return .hostLimit("\(error)")
    }

    /// Lets the guest continue to its next exit, unless it has to stop. If that is an access, the guest goes on from exit
    /// to exit until something else is to be done.
    private mutating func step(_ alarm: Alarm) throws(EngineError) -> Outcome? {
        if !processor.isInsideInstruction, let outcome = try prepare(alarm) { return outcome }
        let start = time.now
        guard var exit = try nextExit(alarm) else { return nil }
        time.look()
        while exit.isAccess {
            let outcome = handleAccess(exit)
            control.progress.events = sink.eventCount
            let isCalm = board.isCalm(until: horizon.deadline)
            if !isCalm, board.hasDeviceAccesses { try appendDeviceAccesses() }
            if outcome != nil { return outcome }
            try followCode(after: exit)
            guard isCalm, isQuiet else { return nil }
            exit = try processor.run()
            time.look()
        }
        let outcome = try handle(exit, after: time.now.nanoseconds(since: start))
        if board.hasDeviceAccesses { try appendDeviceAccesses() }
        if outcome == nil { try followCode(after: exit) }
        return outcome
    }

    /// Does whatever is due before the guest continues, and works out until when nothing else is.
    ///
    /// - Returns: why the guest has to stop, or nil if it may continue.
    private mutating func prepare(_ alarm: Alarm) throws(EngineError) -> Outcome? {
        terminal.console.flushStale(at: time.now)
        if let reason = control.reasonToStop(events: sink.eventCount, bytes: sink.byteCount) {
            return .stopped(reason)
        }
        if let failure = sink.failure { return .hostLimit("\(failure)") }
        if isKeyframeDue, try finishesInstruction() { try takeKeyframe() }
        try advanceBoard()
        if terminal.input.hasBytes { try feedConsole() }
        if network.hasNews { try feedNetwork() }
        try deliverInterrupt(alarm)
        // A plan, chaos and a virtual clock decide anew at each exit, and so does a waiting interrupt, even if it is
        // withdrawn.
        guard plan == nil, time.isHostTime, !board.interruptRequested, !board.nonMaskableInterruptRequested else {
            return nil
        }
        horizon = Horizon(
            events: control.limits.events,
            schedule.nextEvent,
            sink.eventCount + Self.sinkInterval,
            times: schedule.deadline,
            board.nextDeadline,
            terminal.console.staleTime,
            deadline: board.nextDeadline
        )
        return nil
    }

    /// After how many events the sink is asked whether it has failed or grown too large.
    private static var sinkInterval: UInt64 { 256 }

    /// Whether nothing is due and nobody wants anything.
    @inline(__always)
    private var isQuiet: Bool {
        sink.eventCount < horizon.event && time.now < horizon.time && !terminal.input.hasBytes
            && !network.hasNews && !control.stop.isPending
    }

    /// Executes up to the next exit. It returns nil if a plan makes the guest stop for an input.
    private mutating func nextExit(_ alarm: Alarm) throws(EngineError) -> Exit? {
        guard let place = plan?.destination, !processor.isInsideInstruction else { return try processor.run() }
        return try run(to: place, alarm)
    }

    /// Whether to take a keyframe. It is taken between two exits only if no exit has come for as long as an interrupt
    /// would wait, because a replay reaches an exit simply by executing.
    private var isKeyframeDue: Bool {
        switch position {
        case .synchronous, .reset: schedule.isDue(at: time.now, event: sink.eventCount)
        case .asynchronous: schedule.deadline.map { time.now.nanoseconds(since: $0) >= interrupts.grace } ?? false
        }
    }

    /// Finishes the instruction of the last exit. It returns false if the instruction has another access to make. There
    /// is no state to record until then.
    mutating func finishesInstruction() throws(EngineError) -> Bool {
        do {
            try processor.completePendingAccess()
            return true
        } catch .unfinishedInstruction {
            return false
        }
    }

    /// Records the whole present state. The guest is then right after that event.
    mutating func takeKeyframe() throws(EngineError) {
        // The instruction that this finishes is one of those that were executed since the last event.
        try processor.completePendingAccess()
        let instructions = counter.take(from: processor.instructionsRetired)
        try sink.appendKeyframe(of: &processor, position: position, at: time.now, instructions: instructions)
        position = .synchronous
        schedule.took(at: time.now, event: sink.eventCount)
    }
}

extension Outcome {
    /// Whether an exit of the guest itself caused the outcome.
    fileprivate var isOfTheGuest: Bool {
        switch self {
        case .exited, .halted, .reset, .poweredOff, .guestFault: true
        case .tripleFault, .emulationFailure, .hostLimit, .stopped: false
        }
    }

    /// Whether a run with this outcome may first continue to the end of its instruction. The same request will come
    /// again.
    fileprivate var canWait: Bool {
        switch self {
        case .stopped(.interrupted), .stopped(.timeLimit), .stopped(.eventLimit): true
        default: false
        }
    }
}
