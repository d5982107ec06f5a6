internal import Engine
internal import TraceFormat
internal import X86

extension Timeline where P: ~Copyable {
    /// Where one step has led.
    public enum Step: Hashable, Sendable {
        /// Behind one instruction, or one turn of a repeated one.
        case instruction
        /// Behind the next event.
        case event
        /// Nowhere: the trace ends here.
        case end
    }

    /// Executes one instruction; or goes through the next event, if that comes first.
    ///
    /// - Throws: `.cannotStep` where this host can not stop the guest after one instruction. The machine then stands nowhere.
    public mutating func step() throws(TimelineError) -> Step {
        guard let next = try peek(), let present = moment else { return .end }
        guard try finishAccess() else {
            try replayNext()
            return .event
        }
        switch next.event {
        case .keyframe(let number, .asynchronous):
            if try isAt(keyframe: number) {
                arrive(at: next)
                return .event
            }
            let exit = try stepProcessor()
            guard exit == .debug else {
                throw try strayExit(exit, next, from: present)
            }
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .end, .keyframe:
            try replayNext()
            return .event
        default:
            if present.instructions == 0 {
                privilege = try attempt { session in try session.processor.state().privilegeLevel }
            }
            let start = session.processor.exitRIP
            let exit = try stepProcessor()
            guard exit == .debug else {
                try endStepping()
                if !isNear(start) {
                    let reached = try attempt { session in try session.processor.state().privilegeLevel }
                    let highest = max(privilege, reached)
                    guard highest < 3 || session.processor.canStop(in: .ring3) else {
                        throw cannotStep(present, highest)
                    }
                }
                try attempt { session in try session.accept(exit, next) }
                arrive(at: next)
                return .event
            }
        }
        moment = Moment(event: present.event, instructions: present.instructions + 1)
        return .instruction
    }

    private mutating func stepProcessor() throws(TimelineError) -> Exit {
        isStepping = true
        return try attempt { session in
            while true {
                let exit = try session.processor.step()
                if exit != .kicked { return exit }
            }
        }
    }

    /// Whether an exit is of the instruction at `start`: a host that does not step runs on to an exit far away.
    private func isNear(_ start: UInt64) -> Bool {
        session.processor.exitRIP &- start <= 15
    }

    private mutating func cannotStep(_ moment: Moment, _ privilege: Int) -> TimelineError {
        self.moment = nil
        return .cannotStep(moment, privilege: privilege)
    }

    /// What an exit means that comes before a keyframe which lies between two exits.
    private mutating func strayExit(
        _ exit: Exit,
        _ next: RecordedEvent,
        from present: Moment
    ) throws(TimelineError) -> TimelineError {
        try endStepping()
        let privilege = landing?.keyframe.state.privilegeLevel ?? 0
        if privilege == 3, !session.processor.canStop(in: .ring3) { return cannotStep(present, privilege) }
        return try attempt { session in
            throw session.divergence(at: next, expected: "an interrupt between two exits", actual: exit.words)
        }
    }

    /// Whether the machine is in the state of a keyframe between two exits, which is the next event.
    private mutating func isAt(keyframe number: UInt32) throws(TimelineError) -> Bool {
        if landing == nil {
            landing = try attempt { session in
                let keyframe = try session.reader.keyframe(Int(number))
                return (try LandingTarget(keyframe), keyframe)
            }
        }
        guard var landing else { return false }
        let isThere = try attempt { session in try session.isAt(&landing.target, landing.keyframe) }
        self.landing = landing
        return isThere
    }
}
