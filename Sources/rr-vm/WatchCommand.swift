import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// `rr-vm watch`.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "List every moment and instruction that changed a stretch of memory.",
        discussion: "A write that leaves the bytes as they were does not count."
    )

    @OptionGroup var watch: WatchOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment whose paging and registers give the address.", valueName: "moment"),
        completion: .moments
    )
    var at = "end"

    func run() throws {
        do {
            let reader = try TraceLocation.open(
                watch.file,
                replaying: true,
                with: watch.options,
                symbols: watch.symbols
            ) {
                watch.confinement.keepOpenFiles(machines: watch.engine.choice)
            }
            try watch.engine.choice(for: reader).perform(Listing(command: self, reader: reader))
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Makes the list, on the chosen engine.
    private struct Listing: EngineTask {
        let command: WatchCommand
        let reader: TraceReader

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
            var output = StandardOutput()
            let (unseen, missed) = try ReplayProgress.showing { progress in
                var timeline = try Timeline<P>(reader, showing: progress)
                let moment = try MomentName(command.at).moment(in: reader)
                let memory = try command.watch.memory(at: moment, &timeline, CodeListing(reader).symbols)
                var search = try WriteSearch(timeline, memory)
                while let change = try search.next() {
                    try output.write(text: command.watch.json ? ChangeReport(change).json() : change.description)
                }
                return (search.unseen, search.missedLandings)
            }
            try output.flush()
            command.watch.note(unseen)
            try CommandFailure.check(missed)
        }
    }
}
