import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm bisect`.
struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find where two recordings first differ, or when something becomes true in one recording.",
        discussion: """
            With two traces, find the first difference between them. With one trace, find the first difference between it \
            and a fresh replay. With one trace and --when or --run, find the first moment from which the expression stays \
            true, or the command keeps failing. A comparison exits with 0 if the runs are equal and with 1 if they \
            differ; a search exits with 0 if it finds the moment and with 1 if it does not.
            """
    )

    @Argument(help: "One trace to search, or two to compare.")
    var files: [FilePath]

    @Option(
        help: ArgumentHelp(
            "Inputs that may differ, separated by commas: time, rtc, tsc.",
            discussion: "The comparison goes on past them until the guest behaves differently.",
            valueName: "inputs"
        )
    )
    var ignore: IgnoredInputs?

    @Option(
        help: ArgumentHelp("An expression over registers and memory; see docs/seeking.md.", valueName: "expression")
    )
    var when: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "A shell command that checks a moment: status 0 means good, 125 means skip, any other up to 127 means bad.",
            valueName: "command"
        )
    )
    var command: String?

    @Flag(
        help: ArgumentHelp(
            "With --when or --run: find the very first moment, even if it does not last.",
            discussion: "--when looks behind every instruction, in software; --run behind every event."
        )
    )
    var first = false

    @Flag(help: "Print one JSON object. Not for a comparison with a replay.")
    var json = false

    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var options: ReplayOptions

    func validate() throws {
        guard (1...2).contains(files.count) else { throw ValidationError("name one trace or two") }
        if files.count == 2, when != nil || command != nil {
            throw ValidationError("--when and --run search one trace: name one")
        }
        if files.count == 2, !symbols.names.isEmpty {
            throw ValidationError("--symbols is for one trace: a comparison of two shows no names")
        }
        if when != nil, command != nil { throw ValidationError("--when and --run exclude each other: give one") }
        if first, when == nil, command == nil { throw ValidationError("--first needs --when or --run") }
        if json, files.count == 1, when == nil, command == nil {
            throw ValidationError(
                "--json is for two traces, --when and --run; 'rr-vm verify --json' compares with a replay"
            )
        }
        if ignore != nil, files.count == 1 { throw ValidationError("--ignore needs two traces") }
    }

    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        do {
            if files.count == 2 {
                try compare()
            } else if when == nil, command == nil {
                try compareWithReplay()
            } else {
                try search()
            }
        } catch let status as ExitCode {
            throw status
        } catch {
            throw CommandFailure(any: error)
        }
    }

    private func compare() throws {
        let readers = try TraceLocation.open(files[0], files[1], with: options) {
            confinement.keepOpenFiles(machines: engine.choice)
        }
        let headers = HeaderDifference.all(readers.0.header, readers.1.header).map {
            "the recordings begin differently: \($0)".printable
        }
        if !json { for line in headers { try StandardOutput.print(line) } }
        let comparison = FirstDifferenceSearch(readers.0, readers.1, ignoring: ignore?.inputs ?? [])
        guard let difference = try comparison.run() else {
            if json { try StandardOutput.print(DifferenceReport(nil, remarks: headers).json()) }
            guard headers.isEmpty else { throw ExitCode(ExitStatus.different.rawValue) }
            if !json { try StandardOutput.print("the runs are equal: \(Quantity.count(readers.0.eventCount)) events") }
            return
        }
        let examined = try engine.choice(for: readers.0, readers.1).perform(
            Examination(difference: difference, readers: readers)
        )
        try StandardOutput.print(json ? DifferenceReport(examined, remarks: headers).json() : "\(examined)")
        throw ExitCode(ExitStatus.different.rawValue)
    }

    /// Examines both machines at the difference, on the chosen engine.
    private struct Examination: EngineTask {
        let difference: FirstDifference
        let readers: (TraceReader, TraceReader)

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(TraceError) -> FirstDifference {
            var difference = difference
            try difference.examine(readers, on: engine)
            return difference
        }
    }
}

/// What `--ignore` names.
struct IgnoredInputs: ExpressibleByArgument {
    let inputs: Set<IgnoredInput>

    init?(argument: String) {
        var inputs: Set<IgnoredInput> = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let input = IgnoredInput(rawValue: String(name)) else { return nil }
            inputs.insert(input)
        }
        self.inputs = inputs
    }
}
