import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm redact`.
struct RedactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "List the console input, disk data and network data in a trace, or make a copy without it.",
        discussion: """
            A piece of input is blanked if the guest does the same without it and ends in the same state. Other pieces \
            are kept, each with the reason. The copy replays, but its states in between no longer hold what was blanked. \
            See docs/redacting.md. The exit status is 1 if a piece that was to be blanked was kept.
            """
    )

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        help: ArgumentHelp(
            "The kinds of input to blank, separated by commas.",
            discussion: InputKind.allCases.map(\.rawValue).joined(separator: ", "),
            valueName: "kinds"
        )
    )
    var blank: InputKindSet?

    @Option(name: .shortAndLong, help: ArgumentHelp("The trace to make; it is never overwritten.", valueName: "file"))
    var output: FilePath?

    @OptionGroup var options: ReplayOptions

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("--output needs a file") }
        if blank != nil, output == nil { throw ValidationError("--blank makes a new trace: name it with -o") }
        if blank == nil, output != nil { throw ValidationError("-o needs --blank: say what to blank") }
    }

    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file, with: options) {
            confinement.keepDirectories(of: [output].compactMap(\.self), machines: output == nil ? nil : engine.choice)
        }
        do {
            let inputs = try RecordedInput.all(in: reader)
            if let blank, let output {
                try redact(reader, inputs.filter { blank.kinds.contains($0.kind) }, to: output)
            } else {
                try list(reader, inputs)
            }
        } catch {
            throw CommandFailure(any: error)
        }
    }

    private func list(_ reader: TraceReader, _ inputs: [RecordedInput]) throws {
        var output = StandardOutput()
        for line in RedactionText.lines(inputs) { try output.write(line) }
        for line in try RedactionText.lines(beyondInputsOf: reader) { try output.write(line) }
        try output.flush()
    }

    private func redact(_ reader: TraceReader, _ inputs: [RecordedInput], to path: FilePath) throws {
        guard reader.outcome != nil else {
            throw CommandFailure(
                .badData,
                "the trace has no end, so there is no last state to compare a redacted copy with"
            )
        }
        // Checked before hours are spent on making the copy.
        guard !FileSystem.exists(path) else { throw TraceError.exists(path: path) }
        let report = try report(reader, inputs, path)
        var output = StandardOutput()
        for line in RedactionText.lines(report, of: reader) { try output.write(line) }
        try output.flush()
        StandardError.write(
            """
            rr-vm: \(Quantity.count(report.summary.eventCount)) events, \(Quantity.bytes(report.summary.byteCount)) \
            in \(path)
            """
        )
        guard report.kept.isEmpty else {
            let all = report.kept.count + report.blanked.count
            throw CommandFailure(.different, "\(report.kept.count) of \(all) pieces of input are still in \(path)")
        }
    }

    private func report(
        _ reader: TraceReader,
        _ inputs: [RecordedInput],
        _ path: FilePath
    ) throws -> RedactionReport {
        switch try engine.choice(for: reader).perform(Copying(reader: reader, inputs: inputs, path: path)) {
        case .success(let report): return report
        case .failure(let divergence): throw CommandFailure(.different, text: "\(divergence)")
        }
    }

    /// Makes the copy, on the chosen engine.
    private struct Copying: EngineTask {
        let reader: TraceReader
        let inputs: [RecordedInput]
        let path: FilePath

        func perform<P: EngineProcessor & ~Copyable>(
            on engine: P.Type
        ) throws -> Result<RedactionReport, Divergence> {
            let symbols = try reader.symbols()
            return try ReplayProgress.showing { progress in
                var redaction = try Redaction<P>(reader, blanking: inputs) { event in
                    progress.replayed.count = event.rawValue
                }
                return try redaction.run { header throws(TraceError) in
                    try TraceWriter(path: path, header: header, symbols: symbols)
                }
            }
        }
    }
}

/// The kinds of input that `--blank` names.
struct InputKindSet: ExpressibleByArgument {
    let kinds: Set<InputKind>

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        let kinds = names.compactMap { InputKind(rawValue: String($0)) }
        guard kinds.count == names.count else { return nil }
        self.kinds = Set(kinds)
    }
}
