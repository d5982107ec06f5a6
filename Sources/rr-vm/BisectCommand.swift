import ArgumentParser
import Engine
import Engines
import Replayer
import SystemPackage
import TraceFormat

/// `rr-vm bisect`.
struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Find where two recordings part, or when in one recording something becomes true.",
        discussion: """
            Two traces: the first difference between them. One trace: the first difference to a fresh replay of it. One trace \
            with --when or --run: the first moment from which on the expression is true, or the command fails. Exit status of a comparison: 0 equal, 1 different; of a search: 0 found, \
            1 not.
            """
    )

    @Argument(help: "One trace to search, or two to compare.")
    var files: [FilePath]

    @Option(
        help: ArgumentHelp(
            "Inputs that may differ, separated by commas: time, rtc, tsc.",
            discussion: "The runs are followed until the guest behaves differently.",
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
            "A shell command that looks at a moment: it fails with status 1 to 127 where the fault is there, 125 to skip.",
            valueName: "command"
        )
    )
    var command: String?

    @Flag(help: "With --when or --run: the very first moment, even if it does not last. Every event is looked at.")
    var first = false

    @OptionGroup var options: ReplayOptions

    func validate() throws {
        guard (1...2).contains(files.count) else { throw ValidationError("name one trace or two") }
        if files.count == 2, when != nil || command != nil {
            throw ValidationError("--when and --run search one trace: name one")
        }
        if when != nil, command != nil { throw ValidationError("--when and --run exclude each other: give one") }
        if first, when == nil, command == nil { throw ValidationError("--first goes with --when or --run") }
        if ignore != nil, files.count == 1 { throw ValidationError("--ignore goes with two traces") }
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
        let headers = HeaderDifference.all(readers.0.header, readers.1.header)
        for difference in headers {
            try StandardOutput.print("the recordings begin differently: \(difference)".printable)
        }
        let comparison = FirstDifferenceSearch(readers.0, readers.1, ignoring: ignore?.inputs ?? [])
        guard let difference = try comparison.run() else {
            guard headers.isEmpty else { throw ExitCode(ExitStatus.different.rawValue) }
            try StandardOutput.print("the runs are equal: \(Quantity.count(readers.0.eventCount)) events")
            return
        }
        let examined = try engine.choice.perform(Examination(difference: difference, readers: readers))
        try StandardOutput.print("\(examined)")
        throw ExitCode(ExitStatus.different.rawValue)
    }

    /// The look at both machines, with processors of some engine.
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
