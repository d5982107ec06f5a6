/// Finds a text in a stream of bytes, one byte at a time (Knuth, Morris, Pratt).
struct TextMatcher {
    private let pattern: [UInt8]
    private let fallback: [Int]
    private var matched = 0

    /// Searches for a text, which must not be empty.
    init(_ text: String) { self.init(Array(text.utf8)) }

    /// Searches for a sequence of at least one byte.
    init(_ pattern: [UInt8]) {
        self.pattern = pattern
        var fallback = [Int](repeating: 0, count: pattern.count)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = fallback[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            fallback[index] = length
        }
        self.fallback = fallback
    }

    /// Takes the next byte, and returns whether it completes the text.
    mutating func consume(_ byte: UInt8) -> Bool {
        guard !pattern.isEmpty else { return false }
        while matched > 0, byte != pattern[matched] { matched = fallback[matched - 1] }
        if byte == pattern[matched] { matched += 1 }
        guard matched == pattern.count else { return false }
        matched = fallback[matched - 1]
        return true
    }
}
