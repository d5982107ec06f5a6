/// Types on the guest's console by a script: waits for texts and sends others.
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
        /// What is wrong there.
        public let reason: String

        /// One line, without a final full stop.
        public var description: String { "line \(line): \(reason)" }
    }

    private var steps: ArraySlice<Step>
    private var matcher: TextMatcher?

    /// Reads a script: a line is `expect TEXT` or `send TEXT`, empty, or a remark behind `#`. In a text `\n`, `\r`, `\t`,
    /// `\e`, `\\` and `\xNN` stand for what they do in C; nothing is added at its end.
    public init(_ text: String) throws(Failure) {
        var steps: [Step] = []
        for (index, line) in Self.lines(of: text).enumerated() {
            if let step = try Self.step(line, number: index + 1) { steps.append(step) }
        }
        self.steps = steps[...]
    }

    /// The lines of a text, ended by LF or CR LF, which is a character of its own.
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
            // A number may have a sign elsewhere.
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

    /// Takes a byte of the console; what to type now.
    mutating func consume(_ byte: UInt8) -> [UInt8] {
        guard matcher?.consume(byte) == true else { return [] }
        matcher = nil
        return advance()
    }

    /// Everything that is to be typed before the next text that is waited for.
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
