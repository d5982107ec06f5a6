import ArgumentParser
import Replayer
import TraceFormat

/// `rr-vm watch`.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "List every moment and instruction that changed a stretch of memory.",
        discussion: "A write that leaves the bytes as they were is no change."
    )

    @OptionGroup var watch: WatchOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment whose paging and registers give the address.", valueName: "moment")
    )
    var at = "end"

    func run() throws {
        do {
            let reader = try TraceLocation.open(watch.file, replaying: true, filling: watch.filling) {
                watch.confinement.keepOpenFiles(machines: true)
            }
            var output = StandardOutput()
            let missed = try ReplayProgress.showing { progress in
                var timeline = try Timeline(reader, showing: progress)
                let moment = try MomentName(at).moment(in: reader)
                let memory = try watch.memory(at: moment, &timeline, CodeListing(reader).symbols)
                var search = try WriteSearch(timeline, memory)
                try search.all { change in try output.write(text: change.description) }
                return search.missedLandings
            }
            try output.flush()
            try CommandFailure.check(missed)
        } catch {
            throw CommandFailure(any: error)
        }
    }
}
