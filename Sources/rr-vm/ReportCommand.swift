import ArgumentParser
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show how a recorded run ended, on one page to attach to a bug report.",
        discussion: """
            The page needs no other file and no network. It holds what the guest showed, the machine at the end, a timeline, \
            the ports and addresses that the guest used, and the last events. See docs/reports.md.
            """
    )

    /// How a report is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case html
        case text
        case json
    }

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where to write the report; - for standard output.",
            discussion:
                "Default: the trace's name with .html here; for text and JSON, standard output. A report that is there "
                + "already is replaced, any other file is not.",
            valueName: "file"
        )
    )
    var output: FilePath?

    @Option(help: ArgumentHelp("html, text, or json.", valueName: "format"))
    var format = Format.html

    @Option(
        help: ArgumentHelp(
            "Show another trace on the same axis, and mark the first event that differs.",
            valueName: "trace"
        )
    )
    var compare: FilePath?

    @Flag(help: "Replay the run first, and say whether it is equal to the recording or where it differs.")
    var verify = false

    @OptionGroup var options: ReplayOptions
    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("--output needs a file") }
        if compare != nil, !symbols.names.isEmpty {
            throw ValidationError(
                "--compare and --symbols exclude each other: add the symbols by 'rr-vm pack --symbols' first"
            )
        }
    }

    func run() throws {
        let trace = try TraceLocation.resolve(file)
        let target = format == .html || output != nil ? target(for: trace) : nil
        if let target { try target.checkIsFree() }
        let choice = verify ? engine.choice : nil
        let confine = {
            if let target {
                confinement.keepDirectories(of: [target.path], machines: choice)
            } else {
                confinement.keepOpenFiles(machines: choice)
            }
        }
        do {
            let report: RunReport
            if let compare {
                let readers = try TraceLocation.open(trace, compare, with: options, confine: confine)
                report = try self.report(readers.0, against: readers.1)
            } else {
                let reader = try TraceLocation.open(
                    trace,
                    replaying: verify,
                    with: options,
                    symbols: symbols,
                    confine: confine
                )
                report = try self.report(reader, against: nil)
            }
            let text =
                switch format {
                case .html: try report.html()
                case .text: report.text + "\n"
                case .json: try report.json() + "\n"
                }
            if let target {
                try target.write(text)
                StandardError.write(
                    "rr-vm: the report is in \(target.path), \(Quantity.bytes(UInt64(text.utf8.count)))"
                )
            } else {
                var output = StandardOutput()
                try output.put(text.utf8)
                try output.flush()
            }
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// The file that the report goes to; nil for standard output.
    private func target(for trace: FilePath) -> ReportFile? {
        if let output { return output == "-" ? nil : ReportFile(path: output) }
        return ReportFile(path: FilePath((trace.lastComponent?.stem ?? "report") + ".html"))
    }

    private func report(_ reader: TraceReader, against other: TraceReader?) throws -> RunReport {
        var report = try RunReport(reader, against: other)
        let engine = verify ? engine.choice(for: reader) : nil
        report.replay = try engine.map { try verdict(of: reader, on: $0) }
        if var last = try reader.lastState(), last.isAtEnd || report.replay?.isEqual != true {
            try report.look(at: &last.view, moment: last.moment, isAtEnd: last.isAtEnd, in: reader)
        } else if let engine {
            let moment = try MomentName.end.moment(in: reader)
            var view = try engine.perform(MachineAtMoment(reader: reader, moment: moment))
            try report.look(at: &view, moment: moment, in: reader)
        }
        return report
    }

    private func verdict(of reader: TraceReader, on engine: EngineChoice) throws -> ReplayVerdict {
        let start = ContinuousClock.now
        switch try engine.perform(FreshReplay(reader: reader)) {
        case .success(let result):
            let seconds = start.duration(to: .now) / .seconds(1)
            return ReplayVerdict(isEqual: result.epochsUnproved == 0, text: result.summary(seconds: seconds))
        case .failure(let divergence): return ReplayVerdict(isEqual: false, text: "\(divergence)")
        }
    }
}
