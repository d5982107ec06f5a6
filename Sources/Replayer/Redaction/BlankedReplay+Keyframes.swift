internal import Digest
internal import Engine
internal import TraceFormat
internal import X86

extension BlankedReplay where P: ~Copyable {
    /// Comes to a keyframe. Where no blanked input is live, its state must be the recorded one; else it is one of its own,
    /// unless the guest has forgotten what it was given.
    mutating func meet(keyframe number: UInt32, _ position: KeyframePosition, _ recorded: RecordedEvent) throws {
        let entry = try session.reader.keyframeEntry(Int(number))
        guard !live.isEmpty else {
            try session.replay(recorded)
            if position == .asynchronous, let count = session.landingLooks { looks[number] = count }
            lastKeyframe = (entry, nil)
            lastEqualKeyframe = Int(number)
            if writer != nil { try write(recorded, try session.keyframe(number, recorded)) }
            return
        }
        var keyframe = try session.keyframe(number, recorded)
        try reach(keyframe, recorded)
        let capture = try session.capture()
        changedPages.formUnion(capture.changedPages)
        lastKeyframe = (entry, capture.state)
        let isEqual = capture.digest == keyframe.digest
        if isEqual {
            session.stand(at: keyframe)
            live = []
            lastEqualKeyframe = Int(number)
        } else {
            changedKeyframes.append(recorded.ordinal)
            (keyframe.state, keyframe.digest) = (capture.state, capture.digest)
        }
        if writer != nil { try write(recorded, keyframe) }
        if isEqual { changedPages = [] }
    }

    /// Executes to the moment of a keyframe in whose state the guest will not be.
    ///
    /// Between two exits that is when the guest has come to the same instruction as often as in the recording's own replay.
    private mutating func reach(_ keyframe: Keyframe, _ recorded: RecordedEvent) throws {
        switch keyframe.position {
        case .synchronous:
            if let ending = session.ending(after: recorded) { try session.runInto(ending, recorded) }
        case .asynchronous:
            guard let count = looks[keyframe.number], try session.execute(to: keyframe, looks: count, recorded) else {
                throw Stop(reason: .interrupted(recorded.ordinal))
            }
        }
    }

    /// Compares the state at the end, and finishes what is written.
    mutating func end(_ outcome: Outcome, _ recorded: RecordedEvent) throws {
        let endsWithKeyframe = lastKeyframe.map { $0.entry.event.rawValue + 1 == recorded.ordinal.rawValue } ?? false
        if !live.isEmpty, endsWithKeyframe, case (let entry, let state?)? = lastKeyframe {
            let keyframe = try session.keyframe(entry.number, recorded)
            let difference = try session.difference(of: state, from: keyframe, recorded)
            throw Stop(reason: .endState(registers: difference.registers.count, pages: difference.pageCount))
        }
        if !endsWithKeyframe {
            let digest = try session.capture().digest
            guard live.isEmpty || digest == endDigest else { throw Stop(reason: .endState(registers: 0, pages: 0)) }
            endDigest = digest
        }
        summary = try writer.take()?.finish(outcome, time: recorded.time)
    }

    /// Writes a keyframe with the pages that changed since the one before, as memory holds them now.
    mutating func write(_ recorded: RecordedEvent, _ keyframe: Keyframe) throws {
        let memory = session.processor.memory
        for page in changedPages.union(keyframe.changedPages).sorted() {
            try memory.withPage(page) { writer?.addPage(page, $0) }
        }
        writer?.appendKeyframe(keyframe.position, state: keyframe.state, digest: keyframe.digest, time: recorded.time)
    }
}
