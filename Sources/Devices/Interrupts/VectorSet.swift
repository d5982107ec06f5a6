/// A set of interrupt vectors, like the 256-bit registers of a local APIC.
struct VectorSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    private subscript(word index: UInt8) -> UInt64 {
        get {
            switch index & 3 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        }
        set {
            switch index & 3 {
            case 0: words.0 = newValue
            case 1: words.1 = newValue
            case 2: words.2 = newValue
            default: words.3 = newValue
            }
        }
    }

    func contains(_ vector: UInt8) -> Bool { self[word: vector >> 6] & 1 << UInt64(vector & 63) != 0 }

    mutating func insert(_ vector: UInt8) { self[word: vector >> 6] |= 1 << UInt64(vector & 63) }

    mutating func remove(_ vector: UInt8) { self[word: vector >> 6] &= ~(1 << UInt64(vector & 63)) }

    /// The vector of the highest priority.
    var highest: UInt8? {
        // This is called at every exit, and the set is nearly always empty.
        guard words.0 | words.1 | words.2 | words.3 != 0 else { return nil }
        var index: UInt8 = 3
        while self[word: index] == 0 { index -= 1 }
        return index << 6 | UInt8(63 - self[word: index].leadingZeroBitCount)
    }

    /// One of the eight 32-bit registers that show the set.
    func register(_ index: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: self[word: index >> 1] >> (index & 1 == 0 ? 0 : 32))
    }
}
