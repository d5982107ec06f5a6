internal import ByteCoding
internal import Engine
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// Brings the guest to an asynchronous keyframe, by executing where this host can and by restoring it where not.
    mutating func land(onKeyframe number: UInt32, _ recorded: RecordedEvent) throws {
        landingLooks = nil
        let keyframe = try keyframe(number, recorded)
        if recorded.ordinal < passesUntil { return pass() }
        if let reason = try execute(to: keyframe, recorded) {
            if try passesKeyframes && mayPass(recorded.ordinal, after: reason) { return pass() }
            guard landing != .exact else { throw ReplayStop.error(failure(reason, keyframe)) }
            try jump(to: keyframe, recorded)
            count(jump: reason)
            if reason == .notReached { missedLandings.append(recorded.ordinal) }
        } else {
            countExecuted()
        }
        report.digest = keyframe.digest
    }

    /// Leaves a keyframe aside: nothing is given to the guest there, so executing on leads to the next one, whose state proves
    /// both stretches. Its own state is not compared.
    private mutating func pass() {
        epochsPassed += 1
        report.keyframesPassed += 1
    }

    /// Whether the keyframe of an event, which this host did not come to, can be left aside.
    private mutating func mayPass(_ recorded: EventOrdinal, after reason: JumpReason) throws -> Bool {
        switch reason {
        case .hostCannotStop, .guestDebugsItself: return try cursor.position < runEnd && isGivenNothing()
        case .notReached:
            // The guest may be past this keyframe, and past others: it has to go on to an exit of its own.
            guard let exit = try nextExit(), exit < runEnd else { return false }
            passesUntil = exit
            return true
        case .inLoop:
            // Another look at each of the states to come would find the same loop.
            guard let last = try lastStateOfStoppedRun(), recorded < last, last < runEnd else { return false }
            passesUntil = last
            return true
        case .asked, .cutOff: return false
        }
    }

    /// The next event but keyframes, if it is an exit of the guest's.
    private func nextExit() throws -> EventOrdinal? {
        var ahead = cursor
        while let recorded = try ahead.next() {
            if case .keyframe(_, .asynchronous) = recorded.event { continue }
            if case .keyframe(_, .synchronous) = recorded.event { continue }
            return recorded.event.comesByItself ? recorded.ordinal : nil
        }
        return nil
    }

    /// Whether a guest goes on from the event that was taken last to an exit of its own: it is given nothing before, and the
    /// trace does not end.
    func isGivenNothing() throws -> Bool {
        var ahead = cursor
        return try ahead.next()?.event.comesByItself ?? false
    }

    private func failure(_ reason: JumpReason, _ keyframe: Keyframe) -> ReplayError {
        switch reason {
        case .notReached, .inLoop: .notReached(keyframe.event)
        case .guestDebugsItself: .guestDebugsItself(keyframe.event)
        case .asked, .cutOff, .hostCannotStop:
            .cannotLand(keyframe.event, privilege: keyframe.state.privilegeLevel)
        }
    }

    /// The stretch since the last keyframe that was met has been executed, and ended in the recorded state.
    mutating func countExecuted() {
        report.epochsExecuted += 1 + epochsPassed
        epochsPassed = 0
    }

    /// The end of the stretch since the last keyframe that was met has been restored.
    mutating func count(jump reason: JumpReason) {
        report.jumps[reason, default: 0] += 1 + epochsPassed
        epochsPassed = 0
    }

    /// Executes up to a keyframe's state: equal states are the same moment, also in a loop whose registers never change.
    ///
    /// - Returns: why it cannot be reached; the guest then stands anywhere. Nil if it stands there.
    /// - Throws: a divergence if the guest makes an exit of its own on the way, since the recording made none.
    private mutating func execute(to keyframe: Keyframe, _ recorded: RecordedEvent) throws -> JumpReason? {
        guard landing != .portable else { return .asked }
        guard processor.canStop(in: GuestMode(keyframe.state)) else { return .hostCannotStop }
        try processor.completePendingAccess()
        let start = try processor.executionState()
        guard !start.debugsItself else { return .guestDebugsItself }
        var target = try LandingTarget(keyframe)
        let mayEndInLoop = try lastStateOfStoppedRun() != nil
        let mostLooks = mayEndInLoop ? GuestTimeLimit.mostLooksAtEnd : .max
        var end = try search(keyframe, recorded, mostLooks: mostLooks) { session, _ in
            try session.isAt(&target, keyframe)
        }
        if mayEndInLoop, case .tooLong = end {
            if try isInLoop(keyframe, recorded) { return .inLoop }
            end = try search(keyframe, recorded) { session, _ in try session.isAt(&target, keyframe) }
        }
        switch end {
        case .there(let looks):
            landingLooks = looks
            return nil
        case .debugsItself: return .guestDebugsItself
        case .tooLong:
            if try hasDebuggedItself(start) { return .guestDebugsItself }
            return .notReached
        case .exit(let exit):
            if try hasDebuggedItself(start) { return .guestDebugsItself }
            // It may have done so in between; or the trace only says so, which proves nothing.
            if keyframe.state.debugsItself || keyframe.state.hasUsedDebugRegisters { return .notReached }
            throw divergence(
                at: recorded,
                expected: "the state of keyframe \(keyframe.number), before any other exit",
                actual: words(for: exit)
            )
        }
    }

    /// Whether the guest may have debugged itself in a stretch that has not led to where it did in the recording. Then what
    /// stopped it on the way may have led it elsewhere. What the recorded end says of it proves nothing.
    private mutating func hasDebuggedItself(_ start: ProcessorState) throws -> Bool {
        if start.hasUsedDebugRegisters { return true }
        // Between two accesses of one instruction there is no state to look at.
        guard !processor.isInsideInstruction, (try? processor.completePendingAccess()) != nil else { return false }
        let present = try processor.executionState()
        return present.debugsItself || present.hasUsedDebugRegisters
    }

    /// Executes up to a keyframe's instruction, as many times as it took to come to its state, whatever the state is now.
    ///
    /// - Returns: false if the guest went elsewhere or too long; it then stands anywhere.
    mutating func execute(to keyframe: Keyframe, looks: Int, _ recorded: RecordedEvent) throws -> Bool {
        guard case .there = try search(keyframe, recorded, until: { _, looked in looked == looks }) else {
            return false
        }
        return processor.exitRIP == keyframe.state.rip
    }

    /// Stops the guest before each execution of the instruction at which the recording was interrupted, and looks each time
    /// whether that is the moment.
    mutating func search(
        _ keyframe: Keyframe,
        _ recorded: RecordedEvent,
        mostLooks: Int = .max,
        until isThere: (_ session: inout Self, _ looks: Int) throws -> Bool
    ) throws -> LandingSearch {
        let rip = keyframe.state.rip
        try processor.completePendingAccess()
        var time = LandingTime(timeLimit.running(recordedMilliseconds(to: recorded)), mostLooks: mostLooks, timeWatch)
        defer { try? processor.setBreakpoints([]) }
        var looks = 0
        // Whether the guest stands where this host has just stopped it: it may have been a stray kick, or a lowered priority.
        var isStopped = false
        while try !isThere(&self, looks) {
            // A breakpoint does not let the instruction under it pass. (An equal RIP in another segment costs one step; where
            // this host cannot stop the guest, the breakpoint does not hold it either.)
            if try processor.exitRIP == rip && (isStopped || processor.canStopHere()) {
                if let end = try stepOver(isStopped: &isStopped) { return end }
                guard !time.isOver(after: looks) else { return .tooLong }
                if processor.exitRIP == rip {
                    if isStopped { looks += 1 }
                    continue
                }
            }
            try processor.setBreakpoints([keyframe.state.instructionAddress])
            let exit = try processor.run()
            guard !exit.isSynchronous else { return .exit(exit) }
            guard !time.isOver(after: looks) else { return .tooLong }
            isStopped = exit == .debug
            // A stop anywhere else is a debug exception of the guest's own, which it has lost.
            guard !isStopped || processor.exitRIP == rip else { return .debugsItself }
            if isStopped { looks += 1 }
        }
        return .there(looks: looks)
    }

    /// Executes the instruction under the breakpoint.
    ///
    /// - Returns: how the search ends because of it; nil if it goes on.
    private mutating func stepOver(isStopped: inout Bool) throws -> LandingSearch? {
        let stepping = try processor.stepping()
        if stepping.method == .guestDebugsItself { return .debugsItself }
        let outcome = try processor.step(by: stepping)
        isStopped = outcome == .done
        switch outcome {
        case .done: return nil
        case .exit(let exit): return exit.isSynchronous ? .exit(exit) : nil
        case .exception, .astray: return .tooLong
        }
    }

    /// Whether the guest is in a keyframe's state.
    mutating func isAt(_ target: inout LandingTarget, _ keyframe: Keyframe) throws -> Bool {
        guard target.matches(registers: processor.exitRegisters), try target.matches(memory: processor.memory) else {
            return false
        }
        guard try matches(keyframe, capture()) else { return false }
        stand(at: keyframe)
        return true
    }
}

/// The time that a landing may take: the guest's own to come there, and more for one that has not looked often where it is.
private struct LandingTime {
    private let milliseconds: UInt64
    private let mostLooks: Int
    private let watch: GuestTimeWatch
    private var isExtended = false

    init(_ milliseconds: UInt64, mostLooks: Int, _ watch: GuestTimeWatch) {
        (self.milliseconds, self.mostLooks, self.watch) = (milliseconds, mostLooks, watch)
        watch.begin(milliseconds: milliseconds)
    }

    mutating func isOver(after looks: Int) -> Bool {
        guard watch.hasExpired || looks >= mostLooks else { return false }
        guard !isExtended, (1..<GuestTimeLimit.leastLooks).contains(looks) else { return true }
        isExtended = true
        watch.begin(milliseconds: GuestTimeLimit.landingExtension * milliseconds)
        return false
    }
}

/// How a search for the moment of an asynchronous keyframe went.
enum LandingSearch {
    /// The guest is there; before, it was looked at so many times and was not.
    case there(looks: Int)
    /// It makes no exit, and takes too long; or it cannot be brought past an instruction there.
    case tooLong
    /// It debugs itself on the way.
    case debugsItself
    /// It has made an exit of its own.
    case exit(Exit)
}

extension Event {
    /// Whether a guest that is given nothing comes to it by executing.
    fileprivate var comesByItself: Bool {
        switch self {
        case .interrupt, .nonMaskableInterrupt, .deviceWrite, .deviceRead, .end, .keyframe(_, .reset): false
        default: true
        }
    }
}
