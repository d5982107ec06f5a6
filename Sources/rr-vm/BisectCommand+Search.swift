import ArgumentParser
import Engine
import KVMEngine
import Replayer
import TraceFormat

extension BisectCommand {
    /// Searches one trace.
    func search() throws {
        let reader = try TraceLocation.open(files[0], replaying: true, filling: filling) {
            // A command of the user's has the user's rights.
            if command == nil { confinement.keepOpenFiles(machines: true) }
        }
        if let when {
            let condition = try Condition(when, symbols: CodeListing(reader).symbols)
            let (finding, missed) = try ReplayProgress.showing { progress in
                var search = try MomentSearch(Timeline(reader, showing: progress), condition)
                return (try first ? search.first() : search.firstLasting(), search.missedLandings)
            }
            try report(finding, of: "'\(when)'", word: "becomes true")
            try CommandFailure.check(missed)
        } else if let command {
            let (finding, missed) = try ReplayProgress.showing { progress in
                var search = try MomentSearch(Timeline(reader, showing: progress), CommandPredicate(command, reader))
                return (try first ? search.first() : search.halving(), search.missedLandings)
            }
            try report(finding, of: "'\(command)'", word: "begins to fail")
            try CommandFailure.check(missed)
        }
    }

    private func report<P: MomentPredicate>(
        _ finding: MomentSearch<KVMProcessor, P>.Finding?,
        of subject: String,
        word: String
    ) throws {
        guard let finding else {
            let words = first ? "is never true behind an event" : "does not hold at the end of the trace"
            try StandardOutput.print("\(subject) \(words)".printable)
            throw ExitCode(ExitStatus.different.rawValue)
        }
        try StandardOutput.print(finding.text(of: subject, word))
    }

    /// Compares a recording with a fresh replay of it.
    func compareWithReplay() throws {
        let reader = try TraceLocation.open(files[0], replaying: true, filling: filling) {
            confinement.keepOpenFiles(machines: true)
        }
        let result = try ReplayProgress.showing { progress in
            var session = try ReplaySession(reader)
            return try session.run { _ in progress.replayed.add(1) }
        }
        switch result {
        case .success(let report):
            var output = StandardOutput()
            let word = report.epochsUnproved == 0 ? "equal" : "equal as far as it is proved"
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
            try StandardOutput.print("\(TraceDifference(divergence, in: reader))")
            throw ExitCode(ExitStatus.different.rawValue)
        }
    }
}
