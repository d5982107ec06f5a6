import ArgumentParser
import Machine
import Recorder
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm minimize`.
struct MinimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Find the smallest run that still shows what a recorded run shows.",
        discussion: """
            Records the run again and again with fewer interrupts and less console input, and keeps the smallest run that passes. \
            See docs/minimizing.md.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        name: .customLong("while"),
        help: ArgumentHelp(
            "A shell command that exits with 0 if a run still shows it; $RR_VM_TRACE is the run's trace.",
            discussion: "Without it, a run passes if it ends as the recorded one did.",
            valueName: "command"
        )
    )
    var condition: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace of the smallest run.", valueName: "file"))
    var output: FilePath

    @Option(help: ArgumentHelp("Record at most this many runs.", valueName: "runs"))
    var tries = 500

    @Option(
        help: ArgumentHelp(
            "The drives that the run was recorded with, in the same order: their content is not in the trace.",
            valueName: "drive"
        )
    )
    var drive: [DriveOption] = []

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output needs a file") }
        if tries < 1 { throw ValidationError("--tries must be at least 1") }
        if drive.contains(where: \.isWritable) {
            throw ValidationError("each run must start from the same disks: give --drive without ',write'")
        }
    }

    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        // These files must be opened before the right to open them is given up.
        var plain = RunSetup(
            engine: engine.choice,
            limits: RunLimits(),
            date: 0,
            keyframes: KeyframePolicy(atInterrupts: true)
        )
        let drives = Result { () throws(CommandFailure) in
            var drives: [Drive] = []
            for option in drive { drives.append(try option.open()) }
            return drives
        }
        plain.drives = (try? drives.get()) ?? []
        var firmware = plain
        firmware.prepareFirmware()
        let reader = try TraceLocation.open(file, replaying: true) {
            // The user's own command keeps the user's rights.
            if condition == nil { confinement.keepDirectories(of: [output], machines: engine.choice) }
        }
        if let obstacle = Minimizer.obstacle(in: reader) {
            throw CommandFailure(.usage, "\(reader.path) cannot be made smaller: \(obstacle)")
        }
        guard !FileSystem.exists(output) else { throw CommandFailure(TraceError.exists(path: output)) }
        let interruption = Interruption()
        defer { interruption.end() }
        // A wrong number of drives is the more helpful error, so it comes before one about a drive that cannot be
        // opened.
        try checkDrives(of: reader)
        _ = try drives.get()
        let setup = try setup(for: reader, reader.header.setup.startsInFirmware ? firmware : plain)
        let report: Minimizer.Report
        do {
            var minimizer = try Minimizer(
                reader,
                recorder: Version.recorder,
                to: output,
                tries: tries,
                setup: {
                    var setup = setup
                    setup.stop = StopRequest()
                    interruption.aim(at: setup.stop)
                    return setup
                },
                passes: { run in
                    let passes = try passes(run, reader) { interruption.isRequested }
                    // Ctrl-C reaches the command too, so its status means nothing then.
                    return passes && !interruption.isRequested
                }
            )
            report = try minimizer.run()
        } catch let error as RecorderError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure(any: error)
        }
        guard let smallest = report.smallest else {
            throw CommandFailure(
                .different,
                "the run does not show it when it is recorded again with all of its inputs: it depends on times or data "
                    + "that a run with another clock does not have"
            )
        }
        let lines = [
            "\(report.tries) runs recorded",
            "interrupts     \(Self.change(report.original.interrupts, smallest.interrupts))",
            "console bytes  \(Self.change(report.original.bytes, smallest.bytes))",
            "moments        \(Self.change(report.original.moments, smallest.moments))",
            "the smallest is \(output)",
        ]
        try StandardOutput.print(lines.printableText)
    }

    private static func change(_ before: Int, _ after: Int) -> String {
        "\(Quantity.count(UInt64(before))) -> \(Quantity.count(UInt64(after)))"
    }

    private func passes(
        _ run: TraceReader,
        _ original: TraceReader,
        _ isInterrupted: () -> Bool
    ) throws -> Bool {
        guard let condition else { return run.outcome == original.outcome }
        let status = try ShellCommand(condition).run(paths: ["RR_VM_TRACE": run.path])
        guard status < 128 || isInterrupted() else {
            throw CommandFailure(.unavailable, "'\(condition)' ended with status \(status)")
        }
        return status == 0
    }

    private func checkDrives(of reader: TraceReader) throws(CommandFailure) {
        let recorded = reader.header.setup.drives.map(\.option)
        guard recorded.count == drive.count else {
            throw CommandFailure(
                .usage,
                recorded.isEmpty
                    ? "the run was recorded without drives: leave --drive out"
                    : "the run was recorded with \(recorded.joined(separator: " ")): give the same drives"
            )
        }
    }

    private func setup(for reader: TraceReader, _ opened: RunSetup) throws(CommandFailure) -> RunSetup {
        var setup = opened
        setup.limits = try Self.limits(for: reader)
        setup.date = reader.header.creationTime
        setup.clockDate = reader.header.setup.clockDate
        return setup
    }

    /// When to give up a run that does not end by itself: after several times what the recorded one took. A guest that
    /// polls makes more exits if each takes the same time.
    private static func limits(for reader: TraceReader) throws(CommandFailure) -> RunLimits {
        let last = EventOrdinal(reader.events.upperBound.rawValue - 1)
        let milliseconds: UInt32
        do { milliseconds = try reader.event(at: last).time } catch { throw CommandFailure(error) }
        return RunLimits(
            seconds: 20 + 8 * Double(milliseconds) / 1000,
            events: 10_000 + 16 * reader.eventCount,
            consoleText: reader.outcome?.consoleText
        )
    }
}

extension Outcome {
    /// The text at which a recording was stopped, if a text stopped it.
    fileprivate var consoleText: String? {
        guard case .stopped(.consoleText(let text)) = self else { return nil }
        return text
    }
}
