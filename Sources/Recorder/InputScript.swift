/// Types on the guest's console according to a script, which waits for texts and sends others.
public struct InputScript: Sendable {
    /// One line of a script.
    enum Step: Hashable {
        /// Waits until the console has shown these bytes.
        case expect([UInt8])
        /// Types bytes.
        case send([UInt8])
    }

    /// Why a script cannot be read.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        /// The line, counted from 1.
        public let line: Int
        /// What is wrong with the line.
        public let reason: String

        /// A one-line description without a final full stop.
        public var description: String { "line \(line): \(reason)" }
    }

    private var steps: ArraySlice<Step>
    private var matcher: TextMatcher?

    /// Reads a script. Each line is `expect TEXT`, `send TEXT`, empty, or a comment that starts with `#`. In a text,
    /// `\n`, `\r`, `\t`, `\e`, `\\` and `\xNN` have the same meaning as in C. Nothing is added to the end of a text.
    public init(_ text: String) throws(Failure) {
        var steps: [Step] = []
        for (index, line) in Self.lines(of: text).enumerated() {
            if let step = try Self.step(line, number: index + 1) { steps.append(step) }
        }
        self.steps = steps[...]
    }

    /// The lines of a text. They end with LF or with CR LF, which Swift treats as a single character.
    private static func lines(of text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    private static func step(_ line: Substring, number: Int) throws(Failure) -> Step? {
        guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let bytes = try unescape(parts.count > 1 ? parts[1] : "", number: number)
        guard !bytes.isEmpty else { throw Failure(line: number, reason: "'\(parts[0])' needs a text") }
        switch parts[0] {
        case "expect": return .expect(bytes)
        case "send": return .send(bytes)
        default: throw Failure(line: number, reason: "'\(parts[0])' is neither 'expect' nor 'send'")
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "e"): 0x1B,
        UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]

    private static func unescape(_ text: Substring, number: Int) throws(Failure) -> [UInt8] {
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let escape = rest.popFirst() ?? 0
            if let value = escapes[escape] {
                bytes.append(value)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            // Check the digits, because the integer initializer would also accept a sign.
            guard escape == UInt8(ascii: "x"), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            else {
                throw Failure(line: number, reason: "an escape that is none of \\n \\r \\t \\e \\\\ \\xNN")
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return bytes
    }

    /// What to type before the console has shown anything.
    mutating func start() -> [UInt8] { advance() }

    /// Takes a byte of the console, and returns what to type now.
    mutating func consume(_ byte: UInt8) -> [UInt8] {
        guard matcher?.consume(byte) == true else { return [] }
        matcher = nil
        return advance()
    }

    /// Returns everything to type before the script waits for the next text.
    private mutating func advance() -> [UInt8] {
        var typed: [UInt8] = []
        while let step = steps.popFirst() {
            switch step {
            case .send(let bytes): typed += bytes
            case .expect(let bytes):
                matcher = TextMatcher(bytes)
                return typed
            }
        }
        return typed
    }
}
