/// The shapes of a chunk's events, numbered in the order in which they first come.
struct ShapeList {
    private(set) var shapes: [EventShape] = []
    /// The number of each shape plus one, at the place that its hash says or, if that is taken, at one of the next. The table is
    /// larger than the number of shapes can be.
    private var slots = GenerationTable()

    /// Forgets all of them.
    mutating func reset() {
        shapes.removeAll(keepingCapacity: true)
        slots.reset()
    }

    /// Whether a shape has a number.
    func has(_ shape: EventShape, as number: UInt16) -> Bool {
        Int(number) < shapes.count && shapes[Int(number)] == shape
    }

    /// A shape's number. A shape that is not in the list yet is added.
    mutating func number(of shape: EventShape) -> UInt16 {
        var slot = Int(shape.hash >> 48)
        while slots[slot] != 0, shapes[Int(slots[slot]) - 1] != shape { slot = (slot + 1) & 0xFFFF }
        if slots[slot] == 0 {
            shapes.append(shape)
            slots[slot] = UInt16(shapes.count)
        }
        return slots[slot] - 1
    }
}
