public import Replayer
public import TraceFormat
internal import X86

/// A table of all events: comma-separated values (RFC 4180), with a line of names first.
public struct CSVExport: TraceExport {
    private let symbols: SymbolTable
    private let board: String

    /// Begins to export a trace of this board.
    public init(board: String, symbols: SymbolTable) {
        self.board = board
        self.symbols = symbols
    }

    /// The line of names.
    public func start() -> String { "event,milliseconds,kind,what,place,rip,symbol\r\n" }

    /// The line of an event.
    public func take(_ recorded: RecordedEvent) -> String {
        let line = EventLine(recorded, board: board, symbols: symbols)
        let cells = [
            "\(line.event)", "\(line.time)", line.kind, line.text, line.place ?? "", line.address ?? "",
            line.symbol ?? "",
        ]
        return cells.map(Self.cell).joined(separator: ",") + "\r\n"
    }

    /// Nothing: every line has its end.
    public func finish() -> String { "" }

    /// A value, between quotes if it needs them. A text that a spreadsheet would take for a formula begins with a quote
    /// mark, as spreadsheets have it.
    private static func cell(_ text: String) -> String {
        let safe = (text.first.map { "=+-@".contains($0) } ?? false ? "'" : "") + text.printable
        guard safe.contains(where: { ",\"".contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
