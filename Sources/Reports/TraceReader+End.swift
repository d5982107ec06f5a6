internal import Replayer
public import TraceFormat
internal import X86

extension TraceReader {
    /// How many of the last events are read for the end of the console.
    private static var readEvents: UInt64 { 20_000 }
    private static var shownLines: Int { 4 }

    /// Where the run ended and what the console showed last: rows as in `TraceInfo.text`, each after a line end. Reads
    /// only the end of the trace.
    public func endText() throws(TraceError) -> String {
        var rows: [String] = []
        if let last = try lastState() {
            let address = last.view.state.instructionAddress
            let symbol = try SymbolTable(self).name(of: address).map { " <\($0)>" } ?? ""
            let moment = last.isAtEnd ? "" : ", the last recorded state"
            rows.append("last place          \(address)\(symbol), moment \(last.moment)\(moment)")
        }
        let first = events.upperBound.rawValue - min(eventCount, Self.readEvents)
        var cursor = events(from: EventOrdinal(first))
        var console = ConsoleTail()
        while let recorded = try cursor.next() { console.add(recorded.event.consoleBytes) }
        for (index, line) in console.finish().lines.suffix(Self.shownLines).enumerated() {
            rows.append((index == 0 ? "console             " : "                    ") + line)
        }
        return rows.map { "\n" + $0.printable }.joined()
    }
}
