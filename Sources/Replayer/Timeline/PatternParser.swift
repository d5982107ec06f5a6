/// Reads a pattern and creates the states that a matcher goes through (Thompson's construction).
struct PatternParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var states: [ConsolePattern.State] = []

    private static let mostBytes = 1024
    private static let mostDepth = 64
    private static let wordBytes = Array("0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    /// The characters that end a sequence.
    private static let ends = Array("|)".utf8)

    /// A part of the pattern. It adds its states in front of the state that follows it, and returns the one where it
    /// begins.
    private indirect enum Part {
        case bytes(ByteSet)
        case sequence([Part])
        case either([Part])
        case repeated(Part, atLeastOnce: Bool)
        case optional(Part)

        /// Whether the part matches the empty text.
        var isEmpty: Bool {
            switch self {
            case .bytes: false
            case .sequence(let parts): parts.allSatisfy(\.isEmpty)
            case .either(let parts): parts.contains(where: \.isEmpty)
            case .repeated(let part, let atLeastOnce): !atLeastOnce || part.isEmpty
            case .optional: true
            }
        }
    }

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// Returns all states, and the number of the first one.
    mutating func parse() throws(TimelineError) -> ([ConsolePattern.State], start: Int) {
        guard bytes.count <= Self.mostBytes else { throw failure("it is longer than \(Self.mostBytes) bytes") }
        let part = try alternatives()
        guard position == bytes.count else { throw failure("a ')' without a '('") }
        guard !part.isEmpty else { throw failure("it matches nothing at all,") }
        states = [.match]
        let start = add(part, before: 0)
        return (states, start)
    }

    private mutating func alternatives() throws(TimelineError) -> Part {
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func sequence() throws(TimelineError) -> Part {
        var parts: [Part] = []
        while position < bytes.count, !Self.ends.contains(bytes[position]) { parts.append(try repetition()) }
        return .sequence(parts)
    }

    private mutating func repetition() throws(TimelineError) -> Part {
        let part = try atom()
        if take("*") { return .repeated(part, atLeastOnce: false) }
        if take("+") { return .repeated(part, atLeastOnce: true) }
        return take("?") ? .optional(part) : part
    }

    private mutating func atom() throws(TimelineError) -> Part {
        switch Unicode.Scalar(bytes[position]) {
        case "*", "+", "?": throw failure("nothing to repeat")
        case "(":
            position += 1
            guard depth < Self.mostDepth else { throw failure("groups nest too deeply") }
            depth += 1
            let part = try alternatives()
            depth -= 1
            guard take(")") else { throw failure("a ')' is missing") }
            return part
        case "[":
            position += 1
            return .bytes(try list())
        case ".":
            position += 1
            return .bytes(ByteSet([UInt8(ascii: "\n")]).inverted)
        default: return .bytes(ByteSet(try character()))
        }
    }

    /// Reads the content of brackets.
    private mutating func list() throws(TimelineError) -> ByteSet {
        let isInverted = take("^")
        var members: [UInt8] = []
        repeat {
            guard position < bytes.count else { throw failure("a ']' is missing") }
            let low = try character()
            guard low.count == 1, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"),
                bytes[position + 1] != UInt8(ascii: "]")
            else {
                members += low
                continue
            }
            position += 1
            let high = try character()
            guard high.count == 1, low[0] <= high[0] else { throw failure("a range that goes backwards") }
            members += low[0]...high[0]
        } while !take("]")
        return isInverted ? ByteSet(members).inverted : ByteSet(members)
    }

    /// Reads one character, or a class of characters.
    private mutating func character() throws(TimelineError) -> [UInt8] {
        let byte = bytes[position]
        position += 1
        guard byte == UInt8(ascii: "\\") else { return [byte] }
        guard position < bytes.count else { throw failure("nothing follows the '\\'") }
        let escaped = bytes[position]
        position += 1
        switch Unicode.Scalar(escaped) {
        case "n": return Array("\n".utf8)
        case "r": return Array("\r".utf8)
        case "t": return Array("\t".utf8)
        case "e": return [0x1B]
        case "d": return Array("0123456789".utf8)
        case "s": return Array(" \t\r\n".utf8)
        case "w": return Self.wordBytes
        case "A"..."Z", "a"..."z", "0"..."9": throw failure("an unknown '\\'")
        default: return [escaped]
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func add(_ part: Part, before next: Int) -> Int {
        switch part {
        case .bytes(let bytes): return add(.byte(bytes, next: next))
        case .sequence(let parts): return parts.reversed().reduce(next) { add($1, before: $0) }
        case .either(let parts):
            let starts = parts.map { add($0, before: next) }
            return starts.dropFirst().reduce(starts[0]) { add(.split($0, $1)) }
        case .repeated(let part, let atLeastOnce):
            let loop = add(.split(next, next))
            let start = add(part, before: loop)
            states[loop] = .split(start, next)
            return atLeastOnce ? start : loop
        case .optional(let part): return add(.split(add(part, before: next), next))
        }
    }

    private mutating func add(_ state: ConsolePattern.State) -> Int {
        states.append(state)
        return states.count - 1
    }

    private func failure(_ problem: String) -> TimelineError {
        .notAPattern(text, problem: problem, at: min(position + 1, bytes.count + 1))
    }
}
