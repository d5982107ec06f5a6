import ArgumentParser
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm diff`.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Show where two traces differ: the first difference in header, events and keyframes, and a count of the rest.",
        discussion: "Host time is not compared. Exit status 0 if nothing differs, 1 if something does."
    )

    @Argument(help: "One trace.")
    var left: FilePath

    @Argument(help: "The other trace.")
    var right: FilePath

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let (left, right) = try TraceLocation.open(left, right) { confinement.keepOpenFiles(machines: nil) }
        let report: TraceDiffReport
        do { report = try TraceDiffReport(left, right) } catch { throw CommandFailure(error) }
        try StandardOutput.print(json ? report.json() : report.text)
        guard report.equal else { throw CommandFailure(.different, "the traces differ") }
    }
}
