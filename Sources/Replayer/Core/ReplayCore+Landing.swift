internal import ByteCoding
internal import Engine
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Brings the guest to an asynchronous keyframe, by executing if this host can, and otherwise by restoring the
    /// keyframe.
    mutating func land(
        on keyframe: Keyframe,
        _ recorded: RecordedEvent,
        _ landing: Landing
    ) throws(ReplayStop) -> Arrival {
        switch try execute(to: keyframe, recorded, landing) {
        case .there(let looks): return .executed(looks: looks)
        case .obstacle(let reason): return try restore(keyframe, because: reason, recorded, landing)
        }
    }

    /// Restores a keyframe that executing did not lead to.
    mutating func restore(
        _ keyframe: Keyframe,
        because reason: JumpReason,
        _ recorded: RecordedEvent,
        _ landing: Landing
    ) throws(ReplayStop) -> Arrival {
        guard landing != .exact else { throw .error(failure(reason, keyframe)) }
        try jump(to: keyframe, recorded)
        return .restored(reason)
    }

    private func failure(_ reason: JumpReason, _ keyframe: Keyframe) -> ReplayError {
        switch reason {
        case .notReached, .inLoop: .notReached(keyframe.event)
        case .guestDebugsItself: .guestDebugsItself(keyframe.event)
        case .asked, .cutOff, .hostCannotStop:
            .cannotLand(keyframe.event, privilege: keyframe.state.privilegeLevel)
        }
    }

    /// Executes up to a keyframe's state. Equal states are the same moment, even in a loop whose registers never
    /// change.
    ///
    /// - Returns: if the state cannot be reached, the reason. The guest is then in an arbitrary state.
    /// - Throws: a divergence if the guest makes an exit on the way, because the recording made none.
    mutating func execute(
        to keyframe: Keyframe,
        _ recorded: RecordedEvent,
        _ landing: Landing
    ) throws(ReplayStop) -> LandingOutcome {
        guard landing != .portable else { return .obstacle(.asked) }
        if landsByCount(on: keyframe) { return try execute(toCountOf: keyframe, recorded) }
        guard processor.canStop(in: GuestMode(keyframe.state)) else { return .obstacle(.hostCannotStop) }
        try onEngine(processor.completePendingAccess())
        let start = try onEngine(processor.executionState())
        guard processor.debugsUnseen || !start.debugsItself else { return .obstacle(.guestDebugsItself) }
        var target = LandingTarget(keyframe)
        let mayEndInLoop = try lastStateOfStoppedRun() != nil
        let mostLooksAtFirst = mayEndInLoop ? GuestTimeLimit.mostLooksAtEnd : mostLooks
        let registers = keyframe.state.registers
        var end = try search(keyframe, recorded, registers: registers, mostLooks: mostLooksAtFirst) {
            core,
            _ throws(ReplayStop) in try core.isAt(&target, keyframe)
        }
        if mayEndInLoop, case .tooLong = end {
            if try isInLoop(keyframe, recorded) { return .obstacle(.inLoop) }
            end = try search(keyframe, recorded, registers: registers) { core, _ throws(ReplayStop) in
                try core.isAt(&target, keyframe)
            }
        }
        switch end {
        case .there(let looks):
            try count(recorded)
            return .there(looks: looks)
        case .debugsItself: return .obstacle(.guestDebugsItself)
        case .tooLong: return .obstacle(try hasDebuggedItself(start) ? .guestDebugsItself : .notReached)
        case .exit(let exit):
            if try hasDebuggedItself(start) { return .obstacle(.guestDebugsItself) }
            // The guest may have debugged itself in between. Or only the trace says so, which proves nothing.
            if !processor.debugsUnseen, keyframe.state.debugsItself || keyframe.state.hasUsedDebugRegisters {
                return .obstacle(.notReached)
            }
            throw divergence(
                at: recorded,
                expected: "the state of keyframe \(keyframe.number), before any other exit",
                actual: words(for: exit)
            )
        }
    }

    /// Executes as many instructions as the recording did, and compares the state.
    private mutating func execute(
        toCountOf keyframe: Keyframe,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) -> LandingOutcome {
        try run(toCountOf: recorded)
        let capture = try capture()
        guard try matches(keyframe, capture) else {
            throw .divergence(try difference(of: capture.state, from: keyframe, recorded))
        }
        known.stand(at: keyframe)
        try count(recorded)
        return .there(looks: 0)
    }

    /// Whether the guest may have debugged itself in a stretch that did not lead where it led in the recording. If so,
    /// the stops on the way may have led the guest elsewhere. What the recorded end says about this proves nothing.
    private mutating func hasDebuggedItself(_ start: ProcessorState) throws(ReplayStop) -> Bool {
        guard !processor.debugsUnseen else { return false }
        if start.hasUsedDebugRegisters { return true }
        // Between two accesses of one instruction there is no complete state to look at.
        guard !processor.isInsideInstruction, (try? processor.completePendingAccess()) != nil else { return false }
        let present = try onEngine(processor.executionState())
        return present.debugsItself || present.hasUsedDebugRegisters
    }

    /// Executes up to a keyframe's instruction as many times as it took to reach the keyframe's state, whatever the
    /// state is now.
    ///
    /// - Returns: false if the guest went elsewhere or took too long. The guest is then in an arbitrary state.
    mutating func execute(
        to keyframe: Keyframe,
        looks: Int,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) -> Bool {
        if landsByCount(on: keyframe) {
            try run(toCountOf: recorded)
            try count(recorded)
            return processor.exitRIP == keyframe.state.rip
        }
        let registers = keyframe.state.registers
        let end = try search(keyframe, recorded, registers: registers) { _, looked throws(ReplayStop) in looked == looks
        }
        guard case .there = end else { return false }
        return processor.exitRIP == keyframe.state.rip
    }

    /// Stops the guest before each execution of the instruction at which the recording was interrupted, and checks each
    /// time whether this is the right moment.
    ///
    /// - Parameter registers: if given, an engine that is able to do so stops only where the guest has these registers.
    mutating func search(
        _ keyframe: Keyframe,
        _ recorded: RecordedEvent,
        registers: [UInt64]? = nil,
        mostLooks: Int = .max,
        until isThere: (_ core: inout Self, _ looks: Int) throws(ReplayStop) -> Bool
    ) throws(ReplayStop) -> LandingSearch {
        try onEngine(processor.completePendingAccess())
        var time = pace.beginLanding(on: recorded, mostLooks: mostLooks)
        defer { try? processor.setBreakpoints([]) }
        var passes = Passes(of: CodePlace(of: keyframe.state), registers: registers)
        var looks = 0
        while try !isThere(&self, looks) {
            let outcome = try onEngine(processor.run(toNextOf: &passes))
            switch outcome {
            case .exit(let exit) where exit.isSynchronous: return .exit(exit)
            case .debugsItself: return .debugsItself
            case .exception, .astray: return .tooLong
            case .stopped, .turned, .elsewhere, .exit: break
            }
            guard !time.isOver(after: looks) else { return .tooLong }
            switch outcome {
            case .elsewhere: return .debugsItself
            case .stopped, .turned: looks += 1
            case .debugsItself, .exception, .astray, .exit: break
            }
        }
        return .there(looks: looks)
    }

    /// Whether the guest is in a keyframe's state.
    mutating func isAt(_ target: inout LandingTarget, _ keyframe: Keyframe) throws(ReplayStop) -> Bool {
        guard target.matches(registers: processor.exitRegisters),
            try onMemory(at: keyframe.event, target.matches(memory: processor.memory))
        else { return false }
        guard try matches(keyframe, capture()) else {
            try onTrace(target.noteMiss(of: keyframe))
            return false
        }
        known.stand(at: keyframe)
        return true
    }
}

/// The result of executing to the state of an asynchronous keyframe.
enum LandingOutcome {
    /// The guest is there. `looks` counts the earlier checks that did not find it there.
    case there(looks: Int)
    /// The guest could not be brought there.
    case obstacle(JumpReason)
}

/// The result of a search for the moment of an asynchronous keyframe.
enum LandingSearch {
    /// The guest is there. `looks` counts the earlier checks that did not find it there.
    case there(looks: Int)
    /// The guest makes no exit and takes too long, or cannot be brought past an instruction at this address.
    case tooLong
    /// The guest debugs itself on the way.
    case debugsItself
    /// The guest has made an exit.
    case exit(Exit)
}
