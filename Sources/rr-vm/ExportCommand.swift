import ArgumentParser
import Platform
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a trace, or the guest at a moment, in the format of another program.",
        discussion: """
            perfetto: all events on tracks, for ui.perfetto.dev. asciicast: the console, for asciinema. csv: a table of all \
            events. pcapng: the packets that the guest sent and received, for Wireshark. core: registers and memory at the moment of --at, an ELF core file for gdb, drgn and crash. 'rr-vm events \
            --json' gives one JSON object per event.
            """
    )

    /// What a trace is written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case perfetto
        case asciicast
        case csv
        case pcapng
        case core
    }

    @Argument(help: "The format: perfetto, asciicast, csv, pcapng or core.")
    var format: Format

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file that a core is written to; it is never overwritten.",
            discussion: "Default: the trace's name with .core here. The other formats go to standard output.",
            valueName: "file"
        )
    )
    var output: FilePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The moment of a core, as for 'rr-vm inspect'. Default: end.", valueName: "moment"),
        completion: .moments
    )
    var at: String?

    @Flag(help: "The addresses in a core are physical. Default: those of the guest's paging, where it is on.")
    var phys = false

    @OptionGroup var options: ReplayOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var confinement: ConfinementOption

    func validate() throws {
        if output?.isEmpty == true { throw ValidationError("--output needs a file") }
        guard format != .core else { return }
        let refused = at != nil ? "--at" : phys ? "--phys" : output != nil ? "--output" : nil
        if let refused {
            throw ValidationError("\(refused) is for 'export core': \(format) shows the whole run, on standard output")
        }
    }

    func run() throws {
        do {
            switch format {
            case .perfetto: try write { PerfettoExport(guest: $0.header.guest.name) }
            case .asciicast: try write { AsciicastExport($0.header) }
            case .csv: try write { CSVExport(board: $0.header.machine.board, symbols: try SymbolTable($0)) }
            case .pcapng: try writePackets()
            case .core: try writeCore()
            }
        } catch {
            throw CommandFailure(any: error)
        }
    }

    private func writePackets() throws {
        if StandardOutput.isTerminal {
            throw CommandFailure(
                .usage,
                "packets are bytes, which a terminal cannot show: write them to a file or a program"
            )
        }
        try write { reader in
            if reader.header.firstEvent.rawValue != 0, reader.header.machine.board == BoardName.pc {
                StandardError.write(
                    "rr-vm: note: the trace does not hold the run's beginning, in which a driver says where packets go: those that "
                        + "the guest received are not found"
                )
            }
            return PcapngExport(reader.header, application: Version.recorder)
        }
    }

    private func write(_ format: (TraceReader) throws -> some TraceExport) throws {
        let reader = try TraceLocation.open(file) { confinement.keepOpenFiles(machines: nil) }
        var export = try format(reader)
        var output = StandardOutput()
        var cursor = reader.events()
        try output.put(export.start().exported)
        while let recorded = try cursor.next() { try output.put(export.take(recorded).exported) }
        try output.put(export.finish().exported)
        try output.flush()
    }
}
