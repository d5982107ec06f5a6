internal import Engine
internal import GuestMemory
internal import TraceFormat
public import X86

/// Runs that the recording does not have: somebody has changed the guest, and it goes on from there by itself.
///
/// There are no devices behind it and no interrupts, and nothing is compared. Loads from devices give ones, as from a bus that
/// nobody answers on; stores to them are lost; a trapped counter counts instructions. ``go(to:isInterrupted:)`` goes back to the
/// recording.
extension Debugger where P: ~Copyable {
    /// Changes the processor.
    ///
    /// - Throws: `.cannotChange` if this engine or this moment does not allow it.
    public mutating func write(_ state: ProcessorState) throws(TimelineError) {
        try divert()
        try timeline.attempt { core throws(ReplayStop) in try onEngine(core.processor.restore(state)) }
    }

    /// Changes memory.
    ///
    /// - Parameter bytes: as many as the memory has.
    /// - Throws: `.cannotChange` if this engine or this moment does not allow it, or if it is no memory that can be written.
    public mutating func write(_ bytes: [UInt8], to memory: WatchedMemory) throws(TimelineError) {
        guard memory.bytes(in: timeline.memory) != nil else { throw .cannotChange("there is no memory") }
        try divert()
        var rest = bytes[...]
        for piece in memory.pieces {
            do throws(MemoryError) {
                try timeline.memory.write(Array(rest.prefix(piece.count)), at: piece.address)
            } catch { throw .cannotChange("\(error)") }
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func divert() throws(TimelineError) {
        guard diversion == nil else { return }
        guard counts else {
            throw .cannotChange("only the processor in software runs a changed guest: use --engine soft")
        }
        guard let moment, try timeline.finishAccess() else {
            throw .cannotChange("the guest is within an instruction that makes several accesses")
        }
        diversion = moment
        timeline.moment = nil
        chain = nil
        notes.append(
            "the guest is changed: it leaves the recording at moment \(moment), without devices and interrupts, and nothing is "
                + "compared; 'monitor rejoin' goes back"
        )
    }

    /// Runs a changed guest to the next stop, over so many instructions at most.
    mutating func runDiverted(
        instructions: UInt64 = .max,
        isInterrupted: () -> Bool
    ) throws(TimelineError) -> DebuggerStop {
        observe(true)
        defer {
            timeline.core.processor.stopNoting()
            try? timeline.core.clearBreakpoints()
        }
        let start = timeline.core.processor.instructionsRetired ?? 0
        let (end, isEndless) = start.addingReportingOverflow(instructions)
        let goal = isEndless ? .max : end
        let places = Array(breakpoints)
        var present = start
        while present < goal {
            if isInterrupted() { return .interrupted }
            let bound = min(goal, present &+ Self.slice)
            let stop = try timeline.attempt { core throws(ReplayStop) in
                let exit = try core.run(upTo: bound, stoppingAt: places, passing: present == start)
                guard let exit else { return nil as DiversionStop? }
                return try core.goOn(from: exit)
            }
            present = timeline.core.processor.instructionsRetired ?? goal
            if let hit = takeHit() { return hit }
            switch stop {
            case nil: continue
            case .breakpoint: return .breakpoint
            case .over(let reason):
                notes.append(reason)
                return .end
            }
        }
        return .stepped
    }
}

/// Why a changed guest does not go on by itself.
private enum DiversionStop {
    case breakpoint
    case over(String)
}

extension ReplayCore where P: ~Copyable {
    /// Answers an exit of a changed guest; nil if it goes on.
    fileprivate mutating func goOn(from exit: Exit) throws(ReplayStop) -> DiversionStop? {
        switch exit {
        case .portRead, .memoryRead: processor.answer(.max)
        case .readMSR, .writeMSR: processor.refuse()
        case .hiddenRead:
            let count = processor.instructionsRetired ?? 0
            try onEngine(processor.answerHiddenRead(value: count, auxiliary: 0, succeeded: true))
        case .portWrite, .memoryWrite, .interruptWindow, .kicked: break
        case .debug: return .breakpoint
        case .halt: return .over("the guest waits for an interrupt, and there are none")
        case .tripleFault, .emulationFailure, .hostLimit: return .over("the guest cannot go on: \(exit.words)")
        }
        guard !processor.isInsideInstruction else { return nil }
        do throws(EngineError) {
            try processor.completePendingAccess()
        } catch .unfinishedInstruction {
            // The next run gives its other access.
        } catch {
            throw .error(.engine(error))
        }
        return nil
    }
}
