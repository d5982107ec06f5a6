internal import TraceFormat

extension Condition {
    /// What is known of a value if registers are not.
    private enum Outlook {
        case unknown
        /// The expression has no value, whatever the registers hold.
        case none
        case value(UInt64)

        init(_ value: UInt64?) { self = value.map { .value($0) } ?? .none }
    }

    /// Whether memory alone decides at this moment if the expression is true.
    func isDecided(in view: inout some MachineView) throws(TraceError) -> Bool {
        var stack: [Outlook] = []
        for operation in operations {
            switch operation {
            case .constant(let number): stack.append(.value(number))
            case .register: stack.append(.unknown)
            case .load(let bytes, let isPhysical):
                let address = stack.removeLast()
                guard case .value(let address) = address else {
                    stack.append(address)
                    continue
                }
                stack.append(Outlook(try Self.load(address, bytes, isPhysical, &view)))
            case .unary(let unary):
                let operand = stack.removeLast()
                if case .value(let value) = operand {
                    stack.append(.value(unary.apply(value)))
                } else {
                    stack.append(operand)
                }
            case .binary(let binary):
                let right = stack.removeLast()
                let left = stack.removeLast()
                stack.append(Self.outlook(binary, left, right))
            case .isIn:
                let operands = [stack.removeLast(), stack.removeLast(), stack.removeLast()]
                let values = operands.compactMap { if case .value(let value) = $0 { value } else { nil } }
                if operands.contains(where: { if case .none = $0 { true } else { false } }) {
                    stack.append(.none)
                } else {
                    stack.append(
                        values.count == 3 ? .value(values[2] >= values[1] && values[2] <= values[0] ? 1 : 0) : .unknown
                    )
                }
            }
        }
        if case .unknown = stack.removeLast() { return false }
        return true
    }

    private static func outlook(_ binary: Binary, _ left: Outlook, _ right: Outlook) -> Outlook {
        switch (left, right) {
        case (.value(let left), .value(let right)): return Outlook(binary.apply(left, right))
        case (.value(let known), .unknown), (.unknown, .value(let known)):
            if binary == .logicalAnd, known == 0 { return .value(0) }
            if binary == .logicalOr, known != 0 { return .value(1) }
            return .unknown
        case (.none, .unknown), (.unknown, .none):
            // `&&` and `||` have a value if the other side decides.
            return binary == .logicalOr || binary == .logicalAnd ? .unknown : .none
        case (.none, .value(let known)): return Outlook(binary.apply(nil, known))
        case (.value(let known), .none): return Outlook(binary.apply(known, nil))
        case (.none, .none): return .none
        case (.unknown, .unknown): return .unknown
        }
    }

    /// Whether the value may depend on paging.
    var readsLinearMemory: Bool {
        operations.contains { if case .load(_, isPhysical: false) = $0 { true } else { false } }
    }
}
