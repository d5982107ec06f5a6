import ArgumentParser
import SystemPackage
import TraceFormat

/// `rr-vm info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say what a trace holds: where it was made, of what, and how it ended."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Flag(help: "As one JSON object.")
    var json = false

    @Flag(help: "Count the events of each kind too: reads them all.")
    var counts = false

    @Flag(help: "Read everything first, and check every chunk, event, page and index: exit status 65 at a fault.")
    var check = false

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, checking: check) { confinement.keepOpenFiles(machines: nil) }
        let info: TraceInfo
        do { info = try TraceInfo(reader, countsKinds: counts) } catch { throw CommandFailure(error) }
        try StandardOutput.print(json ? info.json : info.text)
        if check { StandardError.write("rr-vm: no fault in \(Quantity.bytes(info.byteCount))") }
    }
}
