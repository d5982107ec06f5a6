extension Condition {
    /// What is known of a part of an expression from its form.
    private enum Form {
        case constant(UInt64)
        /// RIP itself.
        case instructionPointer
        /// It can be true only if RIP is one of these.
        case pinned(Set<UInt64>)
        case other
    }

    /// More values of RIP than this are no pins.
    private static let mostPins: UInt64 = 256

    /// The values of RIP with which alone the expression can be true; nil if its form does not say.
    var pins: Set<UInt64>? {
        var stack: [Form] = []
        for operation in operations {
            switch operation {
            case .constant(let number): stack.append(.constant(number))
            case .register(let register): stack.append(register.isInstructionPointer ? .instructionPointer : .other)
            case .load:
                stack.removeLast()
                stack.append(.other)
            case .unary(let unary):
                if case .constant(let value) = stack.removeLast() {
                    stack.append(.constant(unary.apply(value)))
                } else {
                    stack.append(.other)
                }
            case .binary(let binary):
                let right = stack.removeLast()
                let left = stack.removeLast()
                stack.append(Self.form(binary, left, right))
            case .isIn:
                let (high, low, value) = (stack.removeLast(), stack.removeLast(), stack.removeLast())
                if case .instructionPointer = value, case .constant(let low) = low, case .constant(let high) = high,
                    high >= low, high - low < Self.mostPins
                {
                    stack.append(.pinned(Set(low...high)))
                } else {
                    stack.append(.other)
                }
            }
        }
        guard case .pinned(let pins) = stack.removeLast(), UInt64(pins.count) <= Self.mostPins else { return nil }
        return pins
    }

    private static func form(_ binary: Binary, _ left: Form, _ right: Form) -> Form {
        switch (binary, left, right) {
        case (_, .constant(let left), .constant(let right)):
            return binary.apply(left, right).map { .constant($0) } ?? .other
        case (.equal, .instructionPointer, .constant(let value)), (.equal, .constant(let value), .instructionPointer):
            return .pinned([value])
        case (.logicalAnd, .pinned(let left), .pinned(let right)): return .pinned(left.intersection(right))
        case (.logicalAnd, .pinned(let pins), _), (.logicalAnd, _, .pinned(let pins)): return .pinned(pins)
        case (.logicalOr, .pinned(let left), .pinned(let right)): return .pinned(left.union(right))
        default: return .other
        }
    }
}
