internal import Devices
internal import Engine
internal import Machine
internal import TraceFormat
internal import X86

/// Runs a guest on a board, exit by exit, and tells a sink what was put into it.
///
/// The only place where host time and host requests enter. Generic over processor and sink so that the loop makes direct calls.
struct Runner<P: Processor & ~Copyable, Sink: EventSink & ~Copyable>: ~Copyable {
    var processor: P
    var board: Board
    var sink: Sink
    let clock = HostClock()
    let stop: StopRequest
    let progress: RunProgress
    let timeLimit: Double?
    let eventLimit: UInt64
    let sizeLimit: UInt64
    var console: ConsoleOutput
    var stopText: TextMatcher?
    let stopTextReason: StopReason
    /// Nanoseconds that an interrupt which is due waits for an exit.
    let grace: UInt64
    var schedule: KeyframeSchedule
    var chaos: Chaos?
    /// The machine's clock where it is not the host's.
    var virtualClock: VirtualClock?
    let input: ConsoleInput
    var script: InputScript?
    let showsScreen: Bool

    /// The host's time at the last exit: read once an exit, because reading it costs.
    var now = MachineTime.start
    /// Whether the guest stands right behind the last event, or somewhere after it.
    var position = KeyframePosition.synchronous
    /// Since when an interrupt has been waiting for the guest.
    var dueSince: MachineTime?
    /// What the alarm is set to.
    var alarmTime: MachineTime?
    /// The board's deadline that the alarm is set for, if it is set for one.
    var alarmDeadline: MachineTime?

    init(
        processor: consuming P,
        board: consuming Board,
        sink: consuming Sink,
        setup: RunSetup
    ) {
        self.processor = processor
        self.board = board
        self.sink = sink
        stop = setup.stop
        progress = setup.progress
        console = ConsoleOutput(descriptor: setup.consoleDescriptor)
        grace = setup.graceNanoseconds
        schedule = KeyframeSchedule(setup.keyframes)
        chaos = setup.chaosSeed.map(Chaos.init)
        virtualClock = setup.clock == .virtual ? VirtualClock() : nil
        input = setup.input
        script = setup.script
        showsScreen = setup.showsScreen
        timeLimit = setup.limits.seconds
        eventLimit = setup.limits.events ?? .max
        sizeLimit = setup.limits.bytes ?? .max
        stopText = setup.limits.consoleText.map(TextMatcher.init)
        stopTextReason = .consoleText(setup.limits.consoleText ?? "")
    }

    /// Gives the sink back, and the processor's machine to the host.
    consuming func finish() -> Sink { sink }

    /// Seconds since the run was set up.
    var seconds: Double { Double(clock.now.nanoseconds) / 1e9 }

    /// Runs from the present state to the outcome, with a keyframe at either end.
    mutating func run() throws(EngineError) -> Outcome {
        let alarm = Alarm(clock: clock, kicker: processor.kicker)
        stop.attach(processor.kicker)
        if let timeLimit { stop.requestAfter(seconds: timeLimit) }
        input.attach { [stop] in stop.wake() }
        if let bytes = script?.start() { input.send(bytes) }
        defer {
            input.attach(nil)
            alarm.cancel()
            stop.attach(nil)
            console.flush()
        }
        now = clock.now
        try takeKeyframe(at: now)
        while true {
            let outcome = try step(alarm)
            progress.events = sink.eventCount
            guard let outcome else { continue }
            if try finishesInstruction() || !outcome.canWait {
                try takeKeyframe(at: now)
                return outcome
            }
        }
    }

    /// Lets the guest go on to its next exit, unless it has to stop.
    private mutating func step(_ alarm: Alarm) throws(EngineError) -> Outcome? {
        if !processor.isInsideInstruction {
            if let reason = stop.pending { return .stopped(reason) }
            if sink.eventCount >= eventLimit { return .stopped(.eventLimit) }
            if sink.byteCount >= sizeLimit { return .stopped(.sizeLimit) }
            if let failure = sink.failure { return .hostLimit("\(failure)") }
            if position == .synchronous, schedule.isDue(at: now, event: sink.eventCount), try finishesInstruction() {
                try takeKeyframe(at: now)
            }
            board.advance(to: boardTime(now))
            try feedConsole()
            try deliverInterrupt(at: now, alarm)
        }
        let exit = try processor.run()
        now = clock.now
        let outcome = try handle(exit, at: now)
        try appendDeviceWrites(at: now)
        return outcome
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

    /// Records the whole present state.
    mutating func takeKeyframe(at now: MachineTime) throws(EngineError) {
        try sink.appendKeyframe(of: &processor, position: position, at: now)
        schedule.took(at: now, event: sink.eventCount)
    }
}

extension Outcome {
    /// Whether a run that ends like this may as well go on to the end of its instruction: it will be asked to end again.
    fileprivate var canWait: Bool {
        switch self {
        case .stopped(.interrupted), .stopped(.timeLimit), .stopped(.eventLimit): true
        default: false
        }
    }
}
