/// Guesses the next event's shape from the two before it: the shape that followed them last time.
///
/// Writer and reader make the same guesses, so a chunk stores only the shapes that were guessed wrong.
struct ShapePredictor {
    private var followers = GenerationTable()
    private var slot = 0
    private var last: UInt16 = 0

    /// The guess.
    var prediction: UInt16 { followers[slot] }

    /// Learns the shape that really came.
    mutating func advance(_ shape: UInt16) {
        followers[slot] = shape
        pass(shape)
    }

    /// The guess was right, so there is nothing to learn.
    mutating func confirm() { pass(prediction) }

    private mutating func pass(_ shape: UInt16) {
        slot = Int((UInt32(shape) &* 40503 &+ UInt32(last)) & 0xFFFF)
        last = shape
    }

    /// Forgets everything, as at the beginning of a chunk.
    mutating func reset() {
        followers.reset()
        slot = 0
        last = 0
    }
}
