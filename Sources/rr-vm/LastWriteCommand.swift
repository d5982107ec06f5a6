import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import TraceFormat

/// `rr-vm last-write`.
struct LastWriteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "last-write",
        abstract: "Find the moment and the instruction that last changed a stretch of memory.",
        discussion: "A write that leaves the bytes as they were does not count."
    )

    @OptionGroup var watch: WatchOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Look at this moment and before; written as for inspect.", valueName: "moment")
    )
    var before = "end"

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
            let moment = try MomentName(before).moment(in: reader)
            let (change, unseen, missed) = try watch.engine.answer(
                Search(watch: watch, reader: reader, moment: moment),
                about: reader
            )
            let nothing = unseen.isEmpty ? "nothing changed it" : "nothing is known to have changed it for good"
            try StandardOutput.print(
                watch.json
                    ? ChangeReport(change).json()
                    : change?.description ?? "\(nothing): it is still as it was when \(reader.beginning)"
            )
            watch.note(unseen)
            try CommandFailure.check(missed)
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Searches on the chosen engine.
    private struct Search: EngineTask {
        let watch: WatchOptions
        let reader: TraceReader
        let moment: Moment

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> (
            MemoryChange?, unseen: [ClosedRange<Moment>], missed: [EventOrdinal]
        ) {
            try ReplayProgress.showing { progress in
                var timeline = try Timeline<P>(reader, showing: progress)
                let memory = try watch.memory(at: moment, &timeline, CodeListing(reader).symbols)
                var search = try WriteSearch(timeline, memory)
                return (try search.last(before: moment), search.unseen, search.missedLandings)
            }
        }
    }
}

extension TraceReader {
    /// When the trace's first state was taken.
    fileprivate var beginning: String {
        header.firstEvent.rawValue == 0
            ? "the machine started" : "the trace began, at event \(header.firstEvent)"
    }
}
