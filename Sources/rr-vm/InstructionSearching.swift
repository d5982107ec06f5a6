import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// Searches for the first instruction behind which an expression is true, on the processor in software where it can.
struct InstructionSearching: EngineTask {
    let command: BisectCommand
    let reader: TraceReader
    let condition: String

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let parsed = try Condition(condition, symbols: CodeListing(reader).symbols)
        let (finding, missed, notes, steps) = try ReplayProgress.showing(of: reader.eventCount) { progress in
            var search = try InstructionSearch(Timeline<P>(reader, showing: progress), parsed)
            let finding = try search.first()
            return (finding, search.missedLandings, search.takeNotes(), search.steps)
        }
        for note in notes { StandardError.write("rr-vm: note: \(note)") }
        if steps > Self.manySteps {
            StandardError.write(
                "rr-vm: note: \(Quantity.count(steps)) instructions were executed one by one, because the expression depends on "
                    + "registers"
            )
        }
        try command.report(finding, of: "'\(condition)'", word: "becomes true", looksEverywhere: true)
        try CommandFailure.check(missed)
    }

    private static let manySteps: UInt64 = 1_000_000

    /// Searches in software, whatever recorded the trace: it alone counts instructions.
    func perform() throws { try EngineChoice.soft.perform(self) }
}
