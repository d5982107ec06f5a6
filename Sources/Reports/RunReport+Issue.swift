internal import TraceFormat

extension RunReport {
    /// The run in words, for an issue in Markdown. What comes from the guest or the trace stands in blocks of code, which
    /// show it as it is.
    public var issue: String {
        var lines = ["# A recorded run", "", "How it ended:", ""]
        lines += Self.block(["\(guest): \(outcome)"])
        if let place {
            lines += ["", "Where, in \(place.mode):", ""]
            lines += Self.block(place.backtrace.map { "\($0.address)\($0.symbol.map { " <\($0)>" } ?? "")" })
        }
        if !console.lines.isEmpty {
            lines += ["", "What the console showed last:", ""] + Self.block(console.lines.suffix(20))
        }
        lines += ["", "The machine:", ""] + Self.block(facts.map { "\($0.name): \($0.value)" })
        lines += ["", "To see it again, with rr-vm installed:", ""] + Self.block(reproduction)
        lines += ["", "`report.html` shows the machine at the end, a timeline and the last events.", ""]
        return lines.joined(separator: "\n")
    }

    /// Lines as a block of code (CommonMark 0.31, 4.4): nothing in them can end it.
    private static func block(_ lines: some Sequence<String>) -> [String] { lines.map { "    " + $0.printable } }
}
