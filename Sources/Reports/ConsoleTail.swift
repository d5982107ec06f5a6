/// The end of what a guest shows on its console.
struct ConsoleTail {
    /// How many lines a report shows.
    private static let lineCount = 40
    /// How many bytes are kept: lines longer than a report shows are cut.
    private static let byteCount = 1 << 15

    private var bytes: [UInt8] = []
    private var total: UInt64 = 0

    mutating func add(_ more: [UInt8]) {
        guard !more.isEmpty else { return }
        total += UInt64(more.count)
        bytes += more
        // Halves what is kept, so that not every byte moves all others.
        if bytes.count > 2 * Self.byteCount { bytes.removeFirst(bytes.count - Self.byteCount) }
    }

    func finish() -> ConsoleReport {
        let kept = bytes.suffix(Self.byteCount)
        var lines = Self.lines(of: Array(kept))
        if lines.last?.isEmpty == true { lines.removeLast() }
        // The first line may have lost its beginning.
        let isCut = UInt64(kept.count) < total
        if isCut, lines.count > 1 { lines.removeFirst() }
        let shown = lines.suffix(Self.lineCount)
        return ConsoleReport(lines: Array(shown), byteCount: total, isCut: isCut || shown.count < lines.count)
    }

    /// What a guest has shown, line by line.
    static func lines(of console: [UInt8]) -> [String] {
        console.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }
}
