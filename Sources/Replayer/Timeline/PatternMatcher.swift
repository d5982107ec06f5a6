/// Finds a text in bytes that arrive one at a time (Knuth, Morris and Pratt).
struct PatternMatcher {
    private let pattern: [UInt8]
    /// For each number of matched bytes: how many of them still match if the next byte does not fit.
    private var fallback: [Int] = [0]
    private var matched = 0

    /// - Parameter text: must not be empty.
    init(_ text: String) {
        pattern = Array(text.utf8)
        var length = 0
        for index in pattern.indices.dropFirst() {
            while length > 0, pattern[index] != pattern[length] { length = fallback[length - 1] }
            if pattern[index] == pattern[length] { length += 1 }
            fallback.append(length)
        }
    }

    /// Takes the next byte, and returns whether the text ends with it.
    mutating func consume(_ byte: UInt8) -> Bool {
        while matched > 0, pattern[matched] != byte { matched = fallback[matched - 1] }
        if pattern[matched] == byte { matched += 1 }
        guard matched == pattern.count else { return false }
        matched = fallback[matched - 1]
        return true
    }
}
