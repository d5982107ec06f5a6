import ArgumentParser
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm ls`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the traces in a directory: when they were made, how long they are, and how they ended."
    )

    @Argument(help: "The directory; where traces are kept if it is left out.")
    var directory: FilePath?

    @Flag(help: "Print one JSON object per line.")
    var json = false

    func run() throws {
        let place = directory ?? TraceLocation.directory
        let names = try FileSystem.names(in: place)
        var output = StandardOutput()
        for name in names where TraceLocation.isTrace(name) {
            let line: TraceLine
            do {
                line = try TraceLine(name: name, TraceInfo(TraceReader(path: place.appending(name))))
            } catch {
                line = TraceLine(name: name, error)
            }
            try output.write(json ? line.json() : line.text)
        }
        try output.flush()
    }
}
