internal import TraceFormat

extension RunReport {
    /// For a terminal.
    public var text: String {
        var lines = ["\(file): \(outcome)"]
        if let place {
            lines += [
                "",
                "\(place.isAtEnd ? "" : "last recorded state, ")at moment \(place.moment), \(place.address)\(Self.name(place.symbol)), in \(place.mode)",
            ]
            lines += place.code.prefix(4).map { "  \($0.address)\(Self.name($0.symbol))  \($0.text)" }
            if place.backtrace.count > 1 {
                lines += ["", "backtrace"] + place.backtrace.map { "  \($0.address)\(Self.name($0.symbol))" }
            }
        }
        if !console.lines.isEmpty {
            lines += ["", "the console's last lines"] + console.lines.suffix(Self.shownLines).map { "  \($0)" }
        }
        if let replay { lines += ["", "replay"] + replay.text.split(separator: "\n").map { "  \($0)" } }
        if let comparison { lines += [""] + comparison.lines }
        lines += ["", "the last events"]
        lines += events.suffix(Self.shownLines).map { event in
            "  \(event.event)\(event.last.map { "-\($0)" } ?? "")  \(event.text)\(Self.name(event.symbol))\(event.place.map { "  \($0)" } ?? "")"
        }
        lines += ["", "to reproduce"] + reproduction.map { "  \($0)" }
        return lines.printableText
    }

    /// For programs: one JSON object.
    ///
    /// - Throws: nothing that can be foreseen: every number of a report has a form in JSON.
    public func json() throws -> String { try JSONText.object(self).printable }

    /// The commands that show the run again: its replay, and gdb on the recording.
    public var reproduction: [String] {
        let word = Self.shellWord(file)
        return ["rr-vm replay --console \(word)", "rr-vm debug \(word)"]
    }

    private static let shownLines = 12

    private static func name(_ symbol: String?) -> String { symbol.map { " <\($0)>" } ?? "" }

    /// A file's name as a word of a shell's command line.
    static func shellWord(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard !isPlain || name.isEmpty || name.hasPrefix("-") else { return name }
        let safe = name.hasPrefix("-") ? "./" + name : name
        return "'" + safe.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

extension ComparisonReport {
    fileprivate var lines: [String] {
        var lines = ["compared with \(file): \(outcome)"]
        guard let difference = firstDifference else { return lines + ["  no event differs"] }
        lines.append("  the first event that differs is event \(difference.event)")
        lines.append("  < \(difference.here?.text ?? "nothing: the trace ends before")")
        lines.append("  > \(difference.there?.text ?? "nothing: the trace ends before")")
        return lines
    }
}
