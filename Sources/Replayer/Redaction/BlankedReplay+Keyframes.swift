internal import ByteCoding
internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension BlankedReplay where P: ~Copyable {
    /// Reaches a keyframe. If no blanked input is live, the state is the recorded one. Otherwise the state is
    /// different, unless the guest has forgotten what it was given.
    ///
    /// - Returns: why blanked input prevents that.
    mutating func meet(keyframe number: UInt32, _ recorded: RecordedEvent) throws(ReplayStop) -> KeptInput.Reason? {
        let keyframe = try core.keyframe(number, recorded)
        passedKeyframe = nil
        core.instructions.areCompared = distance.live.isEmpty
        guard distance.live.isEmpty else { return try meetBlanked(keyframe, recorded) }
        try meetRecorded(keyframe, recorded)
        return nil
    }

    private mutating func meetRecorded(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws(ReplayStop) {
        switch keyframe.position {
        case .asynchronous where stage == .searching: try core.jump(to: keyframe, recorded)
        case .asynchronous where try core.isGivenNothing(): passedKeyframe = Int(keyframe.number)
        default:
            switch try core.replay(recorded, landing: landing) {
            case .executed(let looks)? where keyframe.position == .asynchronous:
                learned.looks[keyframe.number] = looks
            case .restored(.notReached)?: learned.missedLandings.append(recorded.ordinal)
            default: break
            }
        }
        lastKeyframe = (try onTrace(core.reader.keyframeEntry(Int(keyframe.number))), nil)
        distance.lastEqualKeyframe = Int(keyframe.number)
        if stage == .writing { try write(recorded, recorded: keyframe) }
    }

    private mutating func meetBlanked(
        _ keyframe: Keyframe,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) -> KeptInput.Reason? {
        if keyframe.position == .asynchronous, try core.isGivenNothing() {
            leaveOut(keyframe, recorded)
            return nil
        }
        if let reason = try reach(keyframe, recorded) { return reason }
        var keyframe = keyframe
        let capture = try core.capture()
        if keyframe.position == .synchronous { try core.count(recorded) }
        distance.changedPages.formUnion(capture.changedPages)
        lastKeyframe = (try onTrace(core.reader.keyframeEntry(Int(keyframe.number))), capture.state)
        let isEqual = capture.digest == keyframe.digest
        if isEqual {
            core.known.stand(at: keyframe)
            distance.live = []
            distance.lastEqualKeyframe = Int(keyframe.number)
        } else {
            changedKeyframes.append(recorded.ordinal)
            (keyframe.state, keyframe.digest) = (capture.state, capture.digest)
        }
        if stage == .writing { try write(recorded, present: keyframe) }
        if isEqual { distance.changedPages = [] }
        return nil
    }

    /// Leaves out a keyframe that no replay needs. The copy has an event without effect in its place.
    private mutating func leaveOut(_ keyframe: Keyframe, _ recorded: RecordedEvent) {
        changedKeyframes.append(recorded.ordinal)
        distance.changedPages.formUnion(keyframe.changedPages)
        writer?.append(.leftOutKeyframe(in: core.reader.header.machine), time: recorded.time)
    }

    /// Remembers the state after the exit that follows a skipped keyframe.
    mutating func noteState(behind recorded: RecordedEvent) throws(ReplayStop) {
        guard let keyframe = passedKeyframe else { return }
        passedKeyframe = nil
        guard let capture = try captureBetweenInstructions() else { return }
        learned.checkpoints[recorded.ordinal] = Checkpoint(keyframe: keyframe, digest: capture.digest)
    }

    /// Checks, after an exit for which the recorded state is known, whether the guest has forgotten its live input.
    mutating func compareState(behind recorded: RecordedEvent) throws(ReplayStop) {
        guard !distance.live.isEmpty, let checkpoint = learned.checkpoints[recorded.ordinal],
            let capture = try captureBetweenInstructions()
        else { return }
        distance.changedPages.formUnion(capture.changedPages)
        guard capture.digest == checkpoint.digest else { return }
        distance.live = []
        distance.lastEqualKeyframe = checkpoint.keyframe
    }

    /// The present state; nil if the instruction of the last exit has another access to make.
    private mutating func captureBetweenInstructions() throws(ReplayStop) -> StateTracker.Capture? {
        do throws(ReplayStop) { return try core.capture() } catch .error(.engine(.unfinishedInstruction)) { return nil }
    }

    /// Executes to the moment of a keyframe, although the guest will not be in the keyframe's state.
    ///
    /// Between two exits, that is the moment when the guest has reached the same instruction as often as in the
    /// recording's own replay.
    ///
    /// - Returns: why the moment cannot be reached.
    private mutating func reach(
        _ keyframe: Keyframe,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) -> KeptInput.Reason? {
        switch keyframe.position {
        case .synchronous:
            if let ending = core.ending(after: recorded) { try core.runInto(ending, recorded) }
            return nil
        case .asynchronous:
            guard let count = learned.looks[keyframe.number], try core.execute(to: keyframe, looks: count, recorded)
            else { return .interrupted(recorded.ordinal) }
            return nil
        case .reset: return .reset(recorded.ordinal)
        }
    }

    /// Compares the state at the end, and finishes the written trace.
    ///
    /// - Returns: what differs at the end.
    mutating func end(_ outcome: Outcome, _ recorded: RecordedEvent) throws(ReplayStop) -> KeptInput.Reason? {
        let endsWithKeyframe = lastKeyframe.map { $0.entry.event.rawValue + 1 == recorded.ordinal.rawValue } ?? false
        if !distance.live.isEmpty, endsWithKeyframe, case (let entry, let state?)? = lastKeyframe {
            let keyframe = try core.keyframe(entry.number, recorded)
            let difference = try core.difference(of: state, from: keyframe, recorded)
            return .endState(registers: difference.registers.count, pages: difference.pageCount)
        }
        if !endsWithKeyframe {
            let digest = try core.capture().digest
            guard distance.live.isEmpty || digest == learned.endDigest else {
                return .endState(registers: 0, pages: 0)
            }
            learned.endDigest = digest
        }
        if stage == .learning { try core.compareEnd(outcome, recorded) }
        guard let writer = writer.take() else { return nil }
        let completed = core.reader.completedInstructions
        do {
            summary = try writer.finish(outcome, completedInstructions: completed, time: recorded.time)
        } catch {
            throw .error(.trace(error))
        }
        return nil
    }

    /// Writes a keyframe with the pages that have changed since the previous one, with their present content.
    private mutating func write(_ recorded: RecordedEvent, present keyframe: Keyframe) throws(ReplayStop) {
        let memory = core.processor.memory
        for page in distance.changedPages.union(keyframe.changedPages).sorted() {
            try onMemory(at: recorded.ordinal, memory.withPage(page) { writer?.addPage(page, $0) })
        }
        append(keyframe, at: recorded)
    }

    /// Writes a keyframe as it was recorded, with the pages that have changed since the last keyframe that was written.
    mutating func write(_ recorded: RecordedEvent, recorded keyframe: Keyframe) throws(ReplayStop) {
        var memory = keyframe.memory
        for page in distance.changedPages.union(keyframe.changedPages).sorted() {
            let bytes = try onTrace(memory.page(at: page))
            writer?.addPage(page, bytes.rawSpan)
        }
        append(keyframe, at: recorded)
        distance.changedPages = []
    }

    /// Writes a keyframe after its pages.
    private mutating func append(_ keyframe: Keyframe, at recorded: RecordedEvent) {
        writer?.appendKeyframe(
            keyframe.position,
            state: keyframe.state,
            digest: keyframe.digest,
            time: recorded.time,
            instructions: core.instructions.atLastEvent
        )
    }
}
