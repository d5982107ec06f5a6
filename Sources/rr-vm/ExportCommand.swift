import ArgumentParser
import Replayer
import Reports
import SystemPackage
import TraceFormat

/// `rr-vm export`.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a trace in the format of another program.",
        discussion: """
            perfetto: all events on tracks, for ui.perfetto.dev. asciicast: the console, for asciinema. csv: a table of all \
            events. 'rr-vm events --json' gives one JSON object per event.
            """
    )

    /// What a trace is written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case perfetto
        case asciicast
        case csv
    }

    @Argument(help: "The format: perfetto, asciicast or csv.")
    var format: Format

    @Argument(help: "The trace; the latest one here if it is left out.")
    var file: FilePath?

    @OptionGroup var confinement: ConfinementOption

    func run() throws {
        let reader = try TraceLocation.open(file) { confinement.keepOpenFiles(machines: nil) }
        do {
            let header = reader.header
            switch format {
            case .perfetto: try write(PerfettoExport(guest: header.guest.name), reader)
            case .asciicast: try write(AsciicastExport(header), reader)
            case .csv:
                let symbols = SymbolTable(try reader.symbols())
                try write(CSVExport(board: header.machine.board, symbols: symbols), reader)
            }
        } catch {
            throw CommandFailure(any: error)
        }
    }

    private func write(_ export: some TraceExport, _ reader: TraceReader) throws {
        var export = export
        var output = StandardOutput()
        var cursor = reader.events()
        try output.put(export.start().utf8)
        while let recorded = try cursor.next() { try output.put(export.take(recorded).utf8) }
        try output.put(export.finish().utf8)
        try output.flush()
    }
}
