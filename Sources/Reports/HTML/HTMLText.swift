internal import TraceFormat

/// A page being written. Everything that does not come from this program itself goes through ``text(_:)``.
struct HTMLText {
    private(set) var html = ""

    /// Adds markup of this program's own.
    mutating func markup(_ html: StaticString) { self.html += "\(html)\n" }

    /// Adds markup that was made here of numbers and of texts that went through ``escaped(_:)``.
    mutating func add(_ html: String) { self.html += html }

    /// A text as it may stand between tags and in a quoted attribute: control characters and characters that change the
    /// direction of text are made visible, and what HTML would take for markup is replaced.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in String(text).printable.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A line of a console, with what would control a terminal shown faintly.
    static func console(_ line: String) -> String {
        var result = ""
        var rest = line.unicodeScalars[...]
        while let first = rest.first {
            let length = first == "\u{1B}" ? controlLength(rest) : first.value < 0x20 ? 1 : 0
            guard length > 0 else {
                let plain = rest.prefix { $0.value >= 0x20 }
                result += escaped(String(plain))
                rest = rest.dropFirst(plain.count)
                continue
            }
            result += "<i>\(escaped(String(rest.prefix(length))))</i>"
            rest = rest.dropFirst(length)
        }
        return result
    }

    /// How many characters belong to the control sequence at the beginning (ECMA-48, 5.4): ESC, `[`, parameters and
    /// intermediate bytes up to 0x3F, and a final one.
    private static func controlLength(_ text: Substring.UnicodeScalarView) -> Int {
        guard text.dropFirst().first == "[" else { return min(2, text.count) }
        let parameters = text.dropFirst(2).prefix { (0x20...0x3F).contains($0.value) }.count
        return min(3 + parameters, text.count)
    }
}
