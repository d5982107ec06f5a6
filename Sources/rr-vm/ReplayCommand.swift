import ArgumentParser
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm replay`.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay a trace in a fresh machine, comparing every exit and every recorded state."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Flag(help: "Show the guest's console again, on standard output.")
    var console = false

    @Option(
        help: ArgumentHelp(
            "How fast --console shows the console: full, or recorded (no faster than it was).",
            valueName: "speed"
        )
    )
    var speed = ConsoleSpeed.full

    @Flag(help: "Say nothing if all is well.")
    var quiet = false

    @OptionGroup var landing: LandingOption
    @OptionGroup var options: ReplayOptions

    func validate() throws {
        if speed == .recorded && !console { throw ValidationError("--speed needs --console") }
    }

    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, replaying: true, with: options) {
            confinement.keepOpenFiles(machines: engine.choice)
        }
        let (report, seconds) = try ReplayProgress.showing(of: reader.eventCount) {
            try Replay(reader: reader, engines: engine.engines(for: reader), landing: landing.landing, progress: $0)
                .run(showingConsole: console ? speed : nil)
        }
        guard !quiet else { return try report.checkProved() }
        StandardError.write("rr-vm: \(report.summary(seconds: seconds))")
        for remark in report.remarks { StandardError.write("rr-vm: note: \(remark)") }
        try report.checkProved()
    }
}
