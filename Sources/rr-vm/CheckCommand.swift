import ArgumentParser
import Engine
import Engines
import Replayer
import SystemPackage
import TraceFormat

/// `rr-vm check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether this host can replay a trace, and name what is in the way.",
        discussion: "Exit status 0 if it can, 69 if it cannot."
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @OptionGroup var options: ReplayOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, replaying: true, with: options) {
            confinement.keepOpenFiles(machines: engine.choice)
        }
        let check: HostCheck
        do {
            check = try engine.choice(for: reader).perform(Checking(reader: reader))
        } catch {
            throw CommandFailure(error)
        }
        var output = StandardOutput()
        for remark in check.remarks { try output.write("note: \(remark)") }
        if check.obstacles.isEmpty { try output.write("this host can replay the trace") }
        try output.flush()
        guard check.obstacles.isEmpty else {
            throw CommandFailure(
                .unavailable,
                text: (["this host cannot replay the trace:"] + check.obstacles.map { "  \($0)" }).printableText
            )
        }
    }

    /// The check, with a processor of some engine.
    private struct Checking: EngineTask {
        let reader: TraceReader

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(TraceError) -> HostCheck {
            try HostCheck(reader, on: engine)
        }
    }
}
