internal import Engine
internal import RecordedMachine
internal import TraceFormat
internal import X86

extension ReplaySession where P: ~Copyable {
    /// Compares how the trace says that the run ended with what the guest did: its last exit, or what executing leads to.
    mutating func compareEnd(_ claim: Outcome, _ recorded: RecordedEvent) throws {
        let end = try RecordedEnd(reader)
        if !(try isPrecededByKeyframe(recorded)) { try runInto(claim, recorded) }
        let meaning = end.meaning(in: processor.memory, interruptFlag: try interruptFlag(behind: end.exit))
        if let actual = end.contradiction(to: claim, meaning) {
            throw endDivergence(at: recorded, expected: "\(claim)", actual: actual)
        }
        if case .stopped(.consoleText(let text)) = claim, !(try RecordedEnd.shows(text, in: reader)) {
            throw endDivergence(at: recorded, expected: "\(claim)", actual: "the console did not show that last")
        }
    }

    /// The interrupt flag at a halt, which ends its instruction; nothing else asks for it.
    private mutating func interruptFlag(behind exit: Event?) throws -> Bool {
        guard exit == .halt else { return true }
        try processor.completePendingAccess()
        return try processor.state().rflags & Self.interruptFlagBit != 0
    }

    private static var interruptFlagBit: UInt64 { 1 << 9 }

    private func isPrecededByKeyframe(_ recorded: RecordedEvent) throws(TraceError) -> Bool {
        guard recorded.ordinal > reader.events.lowerBound else { return false }
        let before = try reader.event(at: EventOrdinal(recorded.ordinal.rawValue - 1))
        return before.event.kind == .keyframe
    }

    /// Runs to the exit that ended the recording and is no event of its own, if one did.
    mutating func runInto(_ ending: Outcome, _ recorded: RecordedEvent) throws {
        let expected: Exit
        switch ending {
        case .tripleFault: expected = .tripleFault
        case .emulationFailure: expected = .emulationFailure
        default: return
        }
        // A run that has ended otherwise does not go on.
        let end = try RecordedEnd(reader)
        let meaning = end.meaning(in: processor.memory, interruptFlag: true)
        if let actual = end.contradiction(to: ending, meaning) {
            throw endDivergence(at: recorded, expected: "\(ending)", actual: actual)
        }
        let actual = try runToExit(recorded, expected: expected.words)
        guard actual == expected else { throw divergence(at: recorded, expected: expected.words, actual: actual.words) }
        if case .emulationFailure(let address, let instruction, _) = ending {
            guard case .emulationFailure(address, let bytes, _) = try processor.describeEmulationFailure(),
                bytes == instruction
            else {
                throw endDivergence(
                    at: recorded,
                    expected: "\(ending)",
                    actual: "\(try processor.describeEmulationFailure())"
                )
            }
        }
    }

    private mutating func endDivergence(at recorded: RecordedEvent, expected: String, actual: String) -> ReplayStop {
        var report = makeDivergence(at: recorded, expected: expected, actual: actual)
        report.cause = "the end of the trace is not that of this run: it was changed"
        return .divergence(report)
    }
}
