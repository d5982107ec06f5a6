internal import Engine
internal import TraceFormat
internal import X86

extension Debugger where P: ~Copyable {
    /// How far the guest may execute without a checkpoint.
    private static var instructionsBetweenCheckpoints: UInt64 { 1 << 22 }
    /// How many events may lie between two checkpoints.
    private static var eventsBetweenCheckpoints: UInt64 { 1024 }
    /// From how far on going back leaves a checkpoint near the target.
    private static var nearInstructions: UInt64 { 4096 }
    private static var nearEvents: UInt64 { 32 }

    /// Goes to a moment.
    mutating func travel(to target: Moment, isInterrupted: () -> Bool) throws(TimelineError) -> DebuggerStop {
        guard reader.events.contains(target.event) else {
            throw .noSuchMoment(
                "\(TraceError.noSuchEvent(target.event, first: reader.header.firstEvent, count: reader.eventCount))"
            )
        }
        try approach(target)
        if let present = moment, present < target, let rest = halfWay(from: present, to: target) {
            let stop = try forward(to: rest, observing: false, passing: true, isInterrupted: isInterrupted)
            if stop == .interrupted { return stop }
            try addCheckpoint()
        }
        let stop = try forward(to: target, observing: false, passing: true, isInterrupted: isInterrupted)
        if stop == .reached { try timeline.completeAccess() }
        return stop
    }

    /// Goes to the moment of an event that may be in the middle of an instruction.
    mutating func arriveAt(_ target: Moment) throws(TimelineError) -> DebuggerStop {
        try approach(target)
        return try forward(to: target, observing: false, passing: true) { false }
    }

    /// A moment shortly before the target, if that is far away: whoever goes back step by step begins there next time.
    private func halfWay(from present: Moment, to target: Moment) -> Moment? {
        if present.event == target.event {
            let distance = target.instructions - present.instructions
            guard distance > Self.nearInstructions else { return nil }
            return Moment(event: target.event, instructions: target.instructions - Self.nearInstructions / 2)
        }
        if target.instructions > Self.nearInstructions {
            return Moment(event: target.event, instructions: target.instructions - Self.nearInstructions / 2)
        }
        guard target.event.rawValue - present.event.rawValue > Self.nearEvents else { return nil }
        return Moment(event: EventOrdinal(target.event.rawValue - Self.nearEvents / 2))
    }

    /// Brings the guest to the target or to a place before it, by restoring a checkpoint or a keyframe unless it stands
    /// between that and the target.
    private mutating func approach(_ target: Moment) throws(TimelineError) {
        guard let number = try fromTrace(reader.keyframe(atOrBefore: target.event)) else {
            throw .noSuchMoment("the trace has no state before \(target)")
        }
        if chain?.keyframe != number || moment == nil {
            try begin(atKeyframe: number)
            return
        }
        guard let index = chain?.index(before: target), let nearest = chain?.checkpoints[index].moment else {
            return try begin(atKeyframe: number)
        }
        if let present = moment, present <= target, present >= nearest { return }
        try restore(index)
    }

    /// Restores a keyframe and begins a chain of checkpoints there.
    mutating func begin(atKeyframe number: Int) throws(TimelineError) {
        chain = nil
        try timeline.restore(number)
        chain = try timeline.beginChain(atKeyframe: number)
    }

    /// Restores a checkpoint of the present chain.
    mutating func restore(_ index: Int) throws(TimelineError) {
        guard var present = chain else { return }
        chain = nil
        try timeline.restore(index, of: &present)
        chain = present
    }

    /// Makes a checkpoint here if the guest stands between two instructions.
    mutating func addCheckpoint() throws(TimelineError) {
        guard try timeline.finishAccess(), var present = chain else { return }
        chain = nil
        try timeline.addCheckpoint(to: &present)
        chain = present
    }

    /// Makes a checkpoint if the last one is far away.
    mutating func addCheckpointIfDue(_ present: Moment) throws(TimelineError) {
        guard keepsCheckpoints, let chain, let index = chain.index(before: present) else { return }
        let last = chain.checkpoints[index].moment
        let isFar =
            last.event == present.event
            ? present.instructions - last.instructions >= Self.instructionsBetweenCheckpoints
            : present.instructions >= Self.instructionsBetweenCheckpoints
                || present.event.rawValue - last.event.rawValue >= Self.eventsBetweenCheckpoints
        if isFar { try addCheckpoint() }
    }

    // MARK: Lengths

    /// How many instructions the guest executes from the last event to the keyframe that comes next, which the recorder
    /// took between two exits; nil if executing does not lead there.
    ///
    /// The state tells: the guest is brought there once, and back.
    mutating func landingLength() throws(TimelineError) -> UInt64? {
        guard let present = moment else { return nil }
        if timeline.core.landsByCount, let next = try timeline.peek() {
            return present.instructions + (timeline.instructions(before: next) ?? 0)
        }
        if let known = lengths[present.event] { return known.isExact ? known.instructions : nil }
        try addCheckpoint()
        let wasObserving = isObserving
        observe(false)
        defer { observe(wasObserving) }
        let start = timeline.core.processor.instructionsRetired ?? 0
        try timeline.core.clearBreakpoints()
        try timeline.replayNext()
        let executed = (timeline.core.processor.instructionsRetired ?? 0) - start
        guard case .executed? = timeline.lastArrival else {
            notes.append(
                "executing did not lead from \(present) to the recorded state of the next event: what is between them is "
                    + "not shown"
            )
            lengths[present.event] = StretchLength(instructions: present.instructions, isExact: false)
            try goBackFromLanding(to: present)
            return nil
        }
        lengths[present.event] = StretchLength(instructions: present.instructions + executed, isExact: true)
        try goBackFromLanding(to: present)
        return present.instructions + executed
    }

    private mutating func goBackFromLanding(to present: Moment) throws(TimelineError) {
        guard let chain, let index = chain.index(before: present), chain.checkpoints[index].moment == present else {
            throw .cannotStep(present, .lost)
        }
        try restore(index)
    }
}
