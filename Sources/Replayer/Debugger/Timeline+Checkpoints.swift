internal import Engine
internal import GuestMemory
internal import TraceFormat
internal import X86

extension Timeline where P: ~Copyable {
    /// A chain of checkpoints that begins with a keyframe at which the machine stands.
    mutating func beginChain(atKeyframe number: Int) throws(TimelineError) -> CheckpointChain {
        _ = try takeWrittenPages()
        let memory = try fromTrace(reader.keyframe(number)).memory
        return CheckpointChain(number, memory, try checkpoint(keeping: []))
    }

    /// Adds the present moment, at which no access may be unfinished, to a chain.
    mutating func addCheckpoint(to chain: inout CheckpointChain) throws(TimelineError) {
        chain.note(written: try takeWrittenPages())
        chain.add(try checkpoint(keeping: chain.pagesToKeep))
    }

    private mutating func checkpoint(keeping pages: Set<GuestPhysicalAddress>) throws(TimelineError) -> Checkpoint {
        let event = moment?.event ?? reader.header.firstEvent
        var contents: [GuestPhysicalAddress: [UInt8]] = [:]
        for address in pages {
            contents[address] = try attempt { core throws(ReplayStop) in
                try onMemory(at: event, core.processor.memory.read(at: address, count: GuestMemory.pageSize))
            }
        }
        return Checkpoint(
            moment: moment ?? Moment(event: event),
            state: try state(),
            pages: contents,
            replay: Checkpoint.ReplayPosition(
                sequel: core.sequel,
                instructions: core.instructions,
                retired: core.processor.instructionsRetired,
                pace: core.pace,
                recent: core.recent,
                deliveries: deliveries,
                privilege: privilege
            )
        )
    }

    /// Puts the machine back to a checkpoint of the epoch in which it stands.
    mutating func restore(_ index: Int, of chain: inout CheckpointChain) throws(TimelineError) {
        try endStepping()
        chain.note(written: try takeWrittenPages())
        let checkpoint = chain.checkpoints[index]
        let pages = try fromTrace(chain.move(to: index))
        try attempt { core throws(ReplayStop) in
            try onEngine(core.processor.restore(checkpoint.state))
            for (address, bytes) in pages {
                let memory = core.processor.memory
                let present = try onMemory(
                    at: checkpoint.moment.event,
                    memory.read(at: address, count: GuestMemory.pageSize)
                )
                // To write a page makes a software processor forget the code in it.
                guard present != bytes else { continue }
                try onMemory(at: checkpoint.moment.event, memory.write(bytes, at: address))
            }
            (core.sequel, core.pace, core.recent) = (
                checkpoint.replay.sequel, checkpoint.replay.pace, checkpoint.replay.recent
            )
            core.instructions = checkpoint.replay.instructions
            core.instructions.move(from: checkpoint.replay.retired, to: core.processor.instructionsRetired)
            core.cursor.seek(to: EventOrdinal(checkpoint.moment.event.rawValue + 1))
        }
        (upcoming, target, deliveries) = (nil, nil, checkpoint.replay.deliveries)
        (privilege, moment) = (checkpoint.replay.privilege, checkpoint.moment)
        // What was written to go back is no change since the checkpoint.
        _ = try takeWrittenPages()
    }
}
