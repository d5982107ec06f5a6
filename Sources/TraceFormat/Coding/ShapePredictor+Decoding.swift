extension ShapePredictor {
    /// Decodes the shapes of a chunk's events: a bit for each says whether it was guessed, and the others follow with so
    /// many bits each.
    mutating func decode(
        _ hits: BitReader,
        _ misses: consuming BitReader,
        bits: Int,
        into shapes: inout [UInt16],
        _ count: Int
    ) {
        reset()
        var shapes = shapes.mutableSpan
        for index in 0..<count {
            if hits.isOne(index) {
                shapes[index] = prediction
                confirm()
            } else {
                let shape = UInt16(truncatingIfNeeded: misses.read(bits: bits))
                shapes[index] = shape
                advance(shape)
            }
        }
    }
}
