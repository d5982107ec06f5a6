import ArgumentParser
import Engine
import Replayer
import TraceFormat

extension BisectCommand {
    /// Searches one trace.
    func search() throws {
        let reader = try TraceLocation.open(files[0], replaying: true)
        let listing = try CodeListing(reader)
        if let when {
            let condition = try Condition(when, symbols: listing.symbols)
            try report(MomentSearch(Timeline(reader), condition), of: "'\(when)'", word: "becomes true")
        } else if let command {
            let predicate = CommandPredicate(command: command, reader: reader)
            try report(MomentSearch(Timeline(reader), predicate), of: "'\(command)'", word: "begins to fail")
        }
    }

    private func report<Predicate: MomentPredicate>(
        _ search: consuming MomentSearch<KVMProcessor, Predicate>,
        of subject: String,
        word: String
    ) throws {
        guard let finding = try first ? search.first() : search.firstLasting() else {
            try StandardOutput.print(
                first ? "\(subject) is never true behind an event" : "\(subject) does not hold at the end of the trace"
            )
            throw ExitCode(ExitStatus.different.rawValue)
        }
        if let before = finding.before {
            try StandardOutput.print("\(subject) \(word) at moment \(finding.moment), after \(before)")
        } else {
            try StandardOutput.print("\(subject) holds from the start, at moment \(finding.moment)")
        }
        if let instruction = finding.instruction { try StandardOutput.print("  \(instruction)") }
    }
}
