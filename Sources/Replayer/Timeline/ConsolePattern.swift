/// A regular expression over the bytes of a console: characters, `.`, `[a-z]`, `[^a-z]`, `\\d`, `\\w`, `\\s`, `\\n` and
/// the like, groups, `|`, `*`, `+` and `?`. `.` stands for any byte except the end of a line.
///
/// All possible matches are followed at the same time. So the cost of a byte is at most proportional to the length of
/// the pattern, whatever the pattern is.
public struct ConsolePattern: Hashable, Sendable, CustomStringConvertible {
    /// The text that it was read from.
    public let description: String
    private let states: [State]
    private let start: Int

    /// What a matcher does at one state of the pattern.
    enum State: Hashable, Sendable {
        /// Takes one of these bytes.
        case byte(ByteSet, next: Int)
        /// Continues at both states.
        case split(Int, Int)
        /// A match has been found.
        case match
    }

    /// Reads a pattern of at most 1024 bytes. The pattern must not match the empty text.
    ///
    /// - Throws: `.notAPattern`.
    public init(_ text: String) throws(TimelineError) {
        var parser = PatternParser(text)
        (states, start) = try parser.parse()
        description = text
    }

    /// Creates a matcher that looks for the first match.
    func matcher() -> Matcher { Matcher(states: states, start: start) }

    /// Searches bytes that arrive one at a time.
    struct Matcher {
        private let states: [State]
        private let start: Int
        /// The states that the bytes so far may have led to.
        private var present: Set<Int>

        init(states: [State], start: Int) {
            self.states = states
            self.start = start
            present = []
            present = closure(of: [start])
        }

        /// Takes the next byte, and returns whether a match ends with it.
        mutating func consume(_ byte: UInt8) -> Bool {
            var next: [Int] = []
            for place in present {
                if case .byte(let bytes, let target) = states[place], bytes.contains(byte) { next.append(target) }
            }
            // A match may begin at every byte.
            present = closure(of: next + [start])
            return present.contains { states[$0] == .match }
        }

        /// The states that can be reached without another byte.
        private func closure(of places: [Int]) -> Set<Int> {
            var (found, open) = (Set<Int>(), places)
            while let place = open.popLast() {
                guard found.insert(place).inserted, case .split(let one, let other) = states[place] else { continue }
                open += [one, other]
            }
            return found
        }
    }
}

struct ByteSet: Hashable, Sendable {
    private var bits = SIMD4<UInt64>()

    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

    /// All bytes that are not in this set.
    var inverted: ByteSet { ByteSet((0...UInt8.max).filter { !contains($0) }) }
}
