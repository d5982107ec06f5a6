internal import Engine
internal import RecordedMachine
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Compares the recorded ending with what the guest did: its last exit, or what further execution leads to.
    mutating func compareEnd(_ claim: Outcome, _ recorded: RecordedEvent) throws(ReplayStop) {
        let end = try onTrace(RecordedEnd(reader))
        if !(try isPrecededByKeyframe(recorded)) { try runInto(claim, end, recorded) }
        let interruptFlag = try interruptFlag(behind: end.exit)
        let meaning = end.meaning(in: processor.memory, interruptFlag: interruptFlag)
        if let actual = end.contradiction(to: claim, meaning) {
            throw endDivergence(at: recorded, expected: "\(claim)", actual: actual)
        }
        guard case .stopped(.consoleText(let text)) = claim else { return }
        guard try onTrace(RecordedEnd.shows(text, in: reader)) else {
            throw endDivergence(at: recorded, expected: "\(claim)", actual: "the console did not show that last")
        }
    }

    /// The interrupt flag after the last exit if that exit is a halt, once its instruction is complete. True for any
    /// other exit, because nothing depends on the flag then.
    private mutating func interruptFlag(behind exit: Event?) throws(ReplayStop) -> Bool {
        guard exit == .halt else { return true }
        try onEngine(processor.completePendingAccess())
        return try onEngine(processor.state()).rflags & Self.interruptFlagBit != 0
    }

    private static var interruptFlagBit: UInt64 { 1 << 9 }

    private func isPrecededByKeyframe(_ recorded: RecordedEvent) throws(ReplayStop) -> Bool {
        guard recorded.ordinal > reader.events.lowerBound else { return false }
        let before = try onTrace(reader.event(at: EventOrdinal(recorded.ordinal.rawValue - 1)))
        return before.event.kind == .keyframe
    }

    /// Runs to the exit that ended the recording, if there was one that is not recorded as an event.
    mutating func runInto(_ ending: Outcome, _ recorded: RecordedEvent) throws(ReplayStop) {
        guard ending.lastExit != nil else { return }
        try runInto(ending, onTrace(RecordedEnd(reader)), recorded)
    }

    private mutating func runInto(
        _ ending: Outcome,
        _ end: RecordedEnd,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) {
        guard let expected = ending.lastExit else { return }
        // A run that has ended in another way does not go on.
        let meaning = end.meaning(in: processor.memory, interruptFlag: true)
        if let actual = end.contradiction(to: ending, meaning) {
            throw endDivergence(at: recorded, expected: "\(ending)", actual: actual)
        }
        let actual = try run(into: ending, recorded, expected)
        guard actual == expected else { throw divergence(at: recorded, expected: expected.words, actual: actual.words) }
        guard case .emulationFailure(let address, let instruction, _) = ending else { return }
        let failure = try onEngine(processor.describeEmulationFailure())
        guard case .emulationFailure(address, instruction, _) = failure else {
            throw endDivergence(at: recorded, expected: "\(ending)", actual: "\(failure)")
        }
    }

    /// Runs to the exit that ended the recording. If the recording host could not execute the instruction but this
    /// engine can, the engine stops in front of it.
    private mutating func run(
        into ending: Outcome,
        _ recorded: RecordedEvent,
        _ expected: Exit
    ) throws(ReplayStop) -> Exit {
        guard processor.debugsUnseen, case .emulationFailure(let address, _, _) = ending else {
            return try runToExit(recorded, expected: expected.words)
        }
        try onEngine(processor.setBreakpoints([address]))
        defer { try? processor.setBreakpoints([]) }
        let exit = try runToExit(recorded, expected: expected.words)
        return exit == .debug ? .emulationFailure : exit
    }

    private mutating func endDivergence(at recorded: RecordedEvent, expected: String, actual: String) -> ReplayStop {
        var report = makeDivergence(at: recorded, expected: expected, actual: actual)
        report.cause = "the end of the trace does not belong to this run: the trace was changed"
        return .divergence(report)
    }
}

extension Outcome {
    /// The exit that ended a run with this outcome and is not recorded as an event; nil if there was none.
    var lastExit: Exit? {
        switch self {
        case .tripleFault: .tripleFault
        case .emulationFailure: .emulationFailure
        default: nil
        }
    }
}
