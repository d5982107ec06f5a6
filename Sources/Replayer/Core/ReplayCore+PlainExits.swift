internal import Engine
internal import TraceFormat

extension ReplayCore where P: ~Copyable {
    /// In recorded milliseconds, how long the exits last at most that are replayed in one go. The guest's time limit is the
    /// same for all of them, and somebody may watch how far the replay has come.
    private static var longestRun: UInt32 { 100 }

    /// Replays the exits that come next and mean nothing for the rest of the run, in one go. They are compared in the form
    /// in which they are recorded, and no event is made of them.
    ///
    /// Exits that need a closer look are left to ``replay(_:landing:having:)``, and so are those that differ.
    ///
    /// - Parameter end: one past the last event to replay.
    /// - Returns: how many there were. If the guest made another exit than the next recorded one, that too; the next event
    ///   is to be replayed with it. The cursor stands before them yet.
    mutating func replayPlainExits(before end: EventOrdinal) throws(ReplayStop) -> ExitRun {
        let start = cursor.position
        guard start > reader.header.firstEvent, sequel.allowsAnything, let time = pace.metTime else {
            return ExitRun(count: 0)
        }
        let count = try onTrace(cursor.plainExits(before: end, within: Self.longestRun, of: time))
        guard count > 0 else { return ExitRun(count: 0) }
        pace.beginRunning(throughExitsOf: cursor.time(ofExit: count - 1) &- time)
        let run: ExitRun
        do throws(EngineError) {
            let comparesCounts = instructions.areCompared && reader.header.recording.countsInstructions
            run = try Self.run(&processor, through: count, cursor, &instructions, comparesCounts, pace.watch.meter)
        } catch {
            throw .error(.engine(error))
        }
        guard run.count > 0 else { return run }
        pace.meet(cursor.time(ofExit: run.count - 1))
        recent.append(exits: run.count, from: start)
        return run
    }

    /// Has the processor run through the next exits of a cursor. The arguments are parts of a core: their accesses do not
    /// overlap here.
    private static func run(
        _ processor: inout P,
        through count: Int,
        _ cursor: borrowing EventCursor,
        _ instructions: inout InstructionsSinceEvent,
        _ comparesCounts: Bool,
        _ meter: ExitMeter
    ) throws(EngineError) -> ExitRun {
        try processor.run(through: cursor.exits(count), counting: &instructions, comparing: comparesCounts, meter)
    }
}
