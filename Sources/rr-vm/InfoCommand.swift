import ArgumentParser
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a trace: where it was made, from which guest, and how it ended."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Count the events of each kind too, which reads them all.")
    var counts = false

    @Flag(help: "Read everything first, and check every chunk, event, page and index; a fault gives exit status 65.")
    var check = false

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, checking: check) { confinement.keepOpenFiles(machines: nil) }
        let info: TraceInfo
        let end: String
        do {
            info = try TraceInfo(reader, countsKinds: counts)
            end = try reader.endText()
        } catch {
            throw CommandFailure(error)
        }
        try StandardOutput.print(json ? info.json : info.text + end)
        if check { StandardError.write("rr-vm: no fault found in \(Quantity.bytes(info.byteCount))") }
    }
}
