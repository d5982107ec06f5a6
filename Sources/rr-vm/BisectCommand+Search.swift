import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import TraceFormat

extension BisectCommand {
    /// Searches one trace.
    func search() throws {
        let reader = try TraceLocation.open(files[0], replaying: true, with: options, symbols: symbols) {
            // The user's own command keeps the user's rights.
            if command == nil { confinement.keepOpenFiles(machines: engine.choice) }
        }
        if let when, first, engine.request != .kvm {
            try InstructionSearching(command: self, reader: reader, condition: when).perform()
        } else if let when {
            if first {
                StandardError.write(
                    "rr-vm: note: KVM does not count instructions: the search looks behind events alone"
                )
            }
            try engine.answer(Searching(command: self, reader: reader, condition: when), about: reader)
        } else if let command {
            try engine.choice(for: reader).perform(Halving(command: self, reader: reader, line: command))
        }
    }

    /// Searches for the moment that an expression describes, on the chosen engine.
    private struct Searching: EngineTask {
        let command: BisectCommand
        let reader: TraceReader
        let condition: String

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
            let predicate = try Condition(condition, symbols: CodeListing(reader).symbols)
            let (finding, missed) = try ReplayProgress.showing { progress in
                var search = try MomentSearch(Timeline<P>(reader, showing: progress), predicate)
                return (try command.first ? search.first() : search.firstLasting(), search.missedLandings)
            }
            try command.report(finding, of: "'\(condition)'", word: "becomes true")
            try CommandFailure.check(missed)
        }
    }

    /// Searches for the moment that a shell command finds, on the chosen engine.
    private struct Halving: EngineTask {
        let command: BisectCommand
        let reader: TraceReader
        let line: String

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
            let (finding, missed) = try ReplayProgress.showing { progress in
                let predicate = CommandPredicate(line, reader)
                var search = try MomentSearch(Timeline<P>(reader, showing: progress), predicate)
                return (try command.first ? search.first() : search.halving(), search.missedLandings)
            }
            try command.report(finding, of: "'\(line)'", word: "begins to fail")
            try CommandFailure.check(missed)
        }
    }

    func report(_ finding: MomentFinding?, of subject: String, word: String, looksEverywhere: Bool = false) throws {
        if json { try StandardOutput.print(ChangeReport(finding).json()) }
        guard let finding else {
            if json { throw ExitCode(ExitStatus.different.rawValue) }
            let words =
                looksEverywhere
                ? "is never true" : first ? "is never true after an event" : "does not hold at the end of the trace"
            try StandardOutput.print("\(subject) \(words)".printable)
            throw ExitCode(ExitStatus.different.rawValue)
        }
        if !json { try StandardOutput.print(finding.text(of: subject, word)) }
    }

    /// Compares a recording with a fresh replay of it.
    func compareWithReplay() throws {
        let reader = try TraceLocation.open(files[0], replaying: true, with: options, symbols: symbols) {
            confinement.keepOpenFiles(machines: engine.choice)
        }
        switch try engine.choice(for: reader).perform(FreshReplay(reader: reader)) {
        case .success(let report):
            var output = StandardOutput()
            let word = report.epochsUnproved == 0 ? "equal" : "equal as far as it was proved"
            try output.write("the replay is \(word): \(Quantity.count(report.events)) events")
            for remark in report.remarks { try output.write("  note: \(remark)") }
            if report.epochsJumped > 0 {
                try output.write(
                    "  note: \(report.epochsJumped) recorded states were restored instead of reached by executing"
                )
            }
            try output.flush()
            try report.checkProved()
        case .failure(let divergence):
            try StandardOutput.print("\(FirstDifference(divergence, in: reader))")
            throw ExitCode(ExitStatus.different.rawValue)
        }
    }
}
