import ArgumentParser
import Engine
import Engines
import Replayer
import Reports
import SystemPackage
import TraceFormat
import X86

/// `rr-vm trace`.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract:
            "List what the guest executed between two moments: calls, instructions, writes, exceptions, interrupts.",
        discussion: "The processor in software executes the guest, whatever recorded it. See docs/tracing.md."
    )

    /// How the list is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case perfetto
    }

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Begin at this moment, written as for inspect. Default: the beginning.",
            valueName: "moment"
        ),
        completion: .moments
    )
    var from: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("End at this moment. Default: the end.", valueName: "moment"),
        completion: .moments
    )
    var to: String?

    @Flag(help: "Calls and returns as an indented tree, with interrupts and exceptions in it.")
    var calls = false

    @Flag(help: "Every instruction, with the registers that it changed.")
    var instructions = false

    @Option(
        help: ArgumentHelp(
            "Every write to this address: a number, a symbol, or an expression such as rsp+8, at the moment of --from.",
            valueName: "address"
        )
    )
    var writes: String?

    @Option(name: .customLong("len"), help: ArgumentHelp("With --writes: the number of bytes.", valueName: "n"))
    var length: Int?

    @Flag(help: "With --writes: the address is physical.")
    var phys = false

    @Flag(help: "Exceptions, and interrupts by instruction.")
    var exceptions = false

    @Flag(help: "Interrupts from outside.")
    var interrupts = false

    @Option(help: ArgumentHelp("With --calls: leave deeper calls out.", valueName: "n"))
    var depth: Int?

    @Option(help: ArgumentHelp("End after this many lines.", valueName: "n"))
    var limit = 10_000

    @Option(help: ArgumentHelp("text, json (one object per line), or perfetto for --calls.", valueName: "format"))
    var format = Format.text

    func validate() throws {
        let questions = [calls, instructions, writes != nil, exceptions || interrupts].count { $0 }
        guard questions == 1 else {
            throw ValidationError(
                "give one of --calls, --instructions, --writes ADDRESS, --exceptions and --interrupts"
            )
        }
        if writes == nil, length != nil || phys { throw ValidationError("--len and --phys need --writes") }
        guard (1...WatchOptions.longest).contains(length ?? 1) else {
            throw ValidationError("--len must be from 1 to \(WatchOptions.longest)")
        }
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
        if !calls, depth != nil { throw ValidationError("--depth needs --calls") }
        guard depth ?? 1 > 0 else { throw ValidationError("--depth must be at least 1") }
        if format == .perfetto, !calls { throw ValidationError("--format perfetto needs --calls") }
        if engine.request == .kvm {
            throw ValidationError("only the processor in software can tell what it executes: leave out --engine kvm")
        }
    }

    @OptionGroup var options: ReplayOptions
    @OptionGroup var symbols: SymbolOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        do {
            let reader = try TraceLocation.open(file, replaying: true, with: options, symbols: symbols) {
                confinement.keepOpenFiles(machines: .soft)
            }
            let begin =
                try from.map { try MomentName($0).moment(in: reader) } ?? Moment(event: reader.header.firstEvent)
            let end = try MomentName(to ?? "end").moment(in: reader)
            guard begin <= end else { throw CommandFailure(.usage, "--from \(begin) is after --to \(end)") }
            try EngineChoice.soft.perform(ExecutionListing(command: self, reader: reader, begin: begin, end: end))
        } catch {
            throw CommandFailure(any: error)
        }
    }

    /// Says that there is more than the lines that were asked for.
    func noteLimit(at moment: Moment?) {
        let place = moment.map { " at moment \($0)" } ?? ""
        StandardError.write(
            "rr-vm: note: the list ends\(place) after \(Quantity.count(UInt64(limit))) lines: --limit N lists more"
        )
    }
}
