internal import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

extension Timeline where P: ~Copyable {
    /// Where a step has led.
    public enum Step: Hashable, Sendable {
        /// After one instruction, or after one iteration of a repeated instruction.
        case instruction
        /// To an interrupt's handler, before the handler's first instruction. Counts as one instruction.
        case delivery(RecordedEvent)
        /// After the first instruction of an interrupt's handler, because the host cannot stop before it. Counts as two
        /// instructions.
        case deliveryAndInstruction(RecordedEvent)
        /// After the next event.
        case event
        /// Nowhere, because the trace ends here.
        case end

        /// Whether the step has led to a moment before the next event.
        public var isCounted: Bool { self != .event && self != .end }
    }

    /// Executes one instruction, or lets the guest take the interrupt that it was given. If the next event comes first,
    /// goes through that event instead.
    ///
    /// An exception that an instruction raises counts as that instruction. After it, the handler's first instruction
    /// comes next.
    ///
    /// - Throws: `.cannotStep` if the guest cannot be stopped after one instruction without noticing. The machine then
    ///   does not stand at any moment.
    public mutating func step() throws(TimelineError) -> Step {
        guard let next = try peek(), let present = moment else { return .end }
        guard try finishAccess() else {
            try replayNext()
            return .event
        }
        if core.landsByCount, let left = instructions(before: next), !next.event.kind.isExit {
            if left > 0 { return try execute(to: next, from: present) }
            try replayNext()
            return .event
        }
        switch next.event {
        case .keyframe(let number, .asynchronous):
            if try isAt(keyframe: number) {
                arrive(at: next)
                return .event
            }
            return try execute(to: next, from: present)
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .end, .keyframe:
            try replayNext()
            return .event
        default:
            if present.instructions == 0 {
                privilege = try state().privilegeLevel
            }
            return try execute(to: next, from: present)
        }
    }

    /// Steps towards an event that the guest can reach only by executing.
    private mutating func execute(to next: RecordedEvent, from present: Moment) throws(TimelineError) -> Step {
        if present.instructions == 0 { core.pace.beginStepping(to: next) }
        let delivery = try nextDelivery()
        if let delivery, try deliver(delivery, from: present) {
            moment = present.advanced(by: 1)
            return .delivery(delivery.event)
        }
        if next.event == .halt, try isAtHalt() {
            try replayNext()
            return .event
        }
        let start = core.processor.exitRIP
        let before = core.processor.exitRegisters
        guard let exit = try stepProcessor(to: next, from: present, isDelivering: delivery != nil) else {
            // The machine is back where it was, and it is now known that an exception comes there.
            return try step()
        }
        guard exit == .debug else {
            if !next.event.kind.isExit { throw try strayExit(exit, next, from: present) }
            try accept(exit, next, from: present, startingAt: start)
            arrive(at: next)
            return .event
        }
        guard let delivery else {
            moment = present.advanced(by: 1)
            return .instruction
        }
        deliveries.removeAll { $0 == delivery.event }
        if core.processor.isAtHandler(delivery.handler, before: before) {
            moment = present.advanced(by: 1)
            return .delivery(delivery.event)
        }
        moment = present.advanced(by: 2)
        return .deliveryAndInstruction(delivery.event)
    }

    /// Takes the exit that is the next event.
    private mutating func accept(
        _ exit: Exit,
        _ next: RecordedEvent,
        from present: Moment,
        startingAt start: UInt64
    ) throws(TimelineError) {
        try endStepping()
        if !isNear(start) {
            let reached = try state().privilegeLevel
            let highest = max(privilege, reached)
            guard highest < 3 || core.processor.canStop(in: .ring3) else {
                throw cannotStep(present, .host(privilege: highest))
            }
        }
        do throws(TimelineError) {
            try attempt { core throws(ReplayStop) in try core.accept(exit, next) }
        } catch {
            guard case .divergence = error else { throw error }
            // Some hosts let the guest see the flag that they use for stepping. Executing without stops shows whether
            // this caused the difference.
            try seek(to: Moment(event: present.event))
            try replayNext()
            throw cannotStep(present, .host(privilege: privilege))
        }
    }

    /// Whether HLT comes next. A host that steps over HLT may skip the exit.
    private mutating func isAtHalt() throws(TimelineError) -> Bool {
        let state = try state()
        return memory.instructions(at: state, limit: 1).first?.bytes.last == 0xF4
    }

    /// Makes the processor execute one instruction.
    ///
    /// - Parameter isDelivering: whether an interrupt comes first, at whose handler this host does not stop.
    /// - Returns: the exit that was reached (`.debug` after the instruction), or nil if the step has to be repeated.
    private mutating func stepProcessor(
        to next: RecordedEvent,
        from present: Moment,
        isDelivering: Bool
    ) throws(TimelineError) -> Exit? {
        let known = exceptions[present]
        let state = try attempt { core throws(ReplayStop) in try onEngine(core.processor.executionState()) }
        let stepping = known.map { Stepping(state, deliveringTo: $0) } ?? Stepping(state, in: memory)
        guard stepping.method != .guestDebugsItself else { throw cannotStep(present, .guestDebugsItself) }
        isStepping = true
        let outcome = try attempt { core throws(ReplayStop) in
            while true {
                let outcome = try onEngine(core.processor.step(by: stepping))
                // A guest that has gone another way could be stepped forever.
                if core.pace.watch.hasExpired { throw core.stall(at: next, expected: "the next event") }
                if outcome != .exit(.kicked), outcome != .exit(.interruptWindow) { return outcome }
            }
        }
        switch outcome {
        case .done: return .debug
        case .exit(let exit): return exit
        case .exception where isDelivering: return .debug
        case .exception(let handlers):
            exceptions[present] = handlers
            moment = nil
            try seek(to: present)
            return nil
        case .astray: throw cannotStep(present, .lost)
        }
    }

    /// Whether an exit belongs to the instruction at `start`. A host that does not step runs on to an exit far away.
    private func isNear(_ start: UInt64) -> Bool {
        core.processor.exitRIP &- start <= 15
    }

    private mutating func cannotStep(_ moment: Moment, _ obstacle: StepObstacle) -> TimelineError {
        self.moment = nil
        return .cannotStep(moment, obstacle)
    }

    /// The meaning of an exit that comes before a keyframe between two exits.
    private mutating func strayExit(
        _ exit: Exit,
        _ next: RecordedEvent,
        from present: Moment
    ) throws(TimelineError) -> TimelineError {
        try endStepping()
        let privilege = target?.keyframe.state.privilegeLevel ?? 0
        if privilege == 3, !core.processor.canStop(in: .ring3) {
            return cannotStep(present, .host(privilege: privilege))
        }
        return try attempt { core throws(ReplayStop) in
            throw core.divergence(at: next, expected: "an interrupt between two exits", actual: exit.words)
        }
    }

    /// Whether the machine is in the state of a keyframe between two exits. That keyframe is the next event.
    mutating func isAt(keyframe number: UInt32) throws(TimelineError) -> Bool {
        if target == nil {
            target = try attempt { core throws(ReplayStop) in
                let keyframe = try onTrace(core.reader.keyframe(Int(number)))
                return (LandingTarget(keyframe), keyframe)
            }
        }
        guard var target else { return false }
        let isThere = try attempt { core throws(ReplayStop) in try core.isAt(&target.place, target.keyframe) }
        self.target = target
        return isThere
    }
}

extension Timeline where P: ~Copyable {
    /// How many instructions the guest executes from the present moment to the next event; nil if that is not counted.
    /// A write, unlike a read, is one of them.
    func instructions(before next: RecordedEvent) -> UInt64? {
        guard core.isCounted, let count = next.instructions else { return nil }
        let present = core.instructions.count(at: core.processor.instructionsRetired ?? 0)
        return count - min(count, present)
    }

    /// Executes most of the way to a moment at once, if the trace says how far it is to the next event.
    mutating func advance(to target: Moment) throws(TimelineError) {
        guard let present = moment, present.event == target.event, present.instructions < target.instructions,
            let next = try peek(), let left = instructions(before: next)
        else { return }
        // The exit of a write comes with its instruction: a step leads there.
        let most = next.event.kind.isExit || !core.landsByCount ? left - min(left, 1) : left
        let count = min(target.instructions - present.instructions, most)
        guard count > 0 else { return }
        try endStepping()
        let exit = try attempt { core throws(ReplayStop) in
            core.pace.beginRunning(to: next)
            return try core.run(instructions: count)
        }
        if let exit { throw try strayExit(exit, next, from: present) }
        advance(by: count)
    }

    /// Notes that the guest has executed instructions on its way to the next event.
    mutating func advance(by count: UInt64) {
        guard let present = moment, count > 0 else { return }
        moment = present.advanced(by: count)
        deliveries.removeAll { $0.event != .nonMaskableInterrupt }
    }
}

extension Moment {
    /// The moment that is this many instructions later.
    fileprivate func advanced(by count: UInt64) -> Moment {
        Moment(event: event, instructions: instructions + count)
    }
}
