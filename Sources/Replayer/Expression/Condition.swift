public import TraceFormat
internal import X86

/// An expression over a machine's registers and memory. See docs/seeking.md for the grammar.
///
/// Numbers have 64 bits and are unsigned, and arithmetic wraps around. A number is true if it is not 0. An expression
/// that reads unmapped memory or divides by 0 has no value.
public struct Condition: Hashable, Sendable, CustomStringConvertible {
    /// The text that the condition was read from.
    public let description: String
    /// The operations, in the order in which a stack machine executes them.
    let operations: [Operation]

    /// One operation on the stack.
    enum Operation: Hashable, Sendable {
        case constant(UInt64)
        case register(ConditionRegister)
        /// Replaces an address by the value stored there.
        case load(bytes: Int, isPhysical: Bool)
        case unary(Unary)
        case binary(Binary)
        /// Replaces a value and the bounds of a closed range by whether the value is in the range.
        case isIn
    }

    enum Unary: Hashable, Sendable {
        case not, complement, negate
    }

    enum Binary: Hashable, Sendable {
        case add, subtract, multiply, divide, remainder, shiftLeft, shiftRight, and, or, exclusiveOr
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case logicalAnd, logicalOr
    }

    /// Reads an expression.
    ///
    /// - Parameter symbols: names that may be used in place of their addresses.
    public init(_ text: String, symbols: SymbolTable = SymbolTable([])) throws(ConditionError) {
        var parser = ConditionParser(text, symbols: symbols)
        operations = try parser.parse()
        description = text
    }

    /// The value at a moment; nil if the expression has no value there.
    public func value(in view: inout some MachineView) throws(TraceError) -> UInt64? {
        var stack: [UInt64?] = []
        for operation in operations {
            switch operation {
            case .constant(let number): stack.append(number)
            case .register(let register): stack.append(register.value(in: view.state))
            case .load(let bytes, let isPhysical):
                guard let address = stack.removeLast() else {
                    stack.append(nil)
                    continue
                }
                stack.append(try Self.load(address, bytes, isPhysical, &view))
            case .unary(let unary): stack.append(stack.removeLast().map { unary.apply($0) })
            case .binary(let binary):
                let right = stack.removeLast()
                let left = stack.removeLast()
                stack.append(binary.apply(left, right))
            case .isIn:
                let (high, low) = (stack.removeLast(), stack.removeLast())
                let value = stack.removeLast()
                guard let value, let low, let high else {
                    stack.append(nil)
                    continue
                }
                stack.append(value >= low && value <= high ? 1 : 0)
            }
        }
        return stack.removeLast()
    }

    /// Whether the expression has a value other than 0.
    public func isTrue(in view: inout some MachineView) throws(TraceError) -> Bool {
        try value(in: &view).map { $0 != 0 } ?? false
    }

    static func load(
        _ address: UInt64,
        _ count: Int,
        _ isPhysical: Bool,
        _ view: inout some MachineView
    ) throws(TraceError) -> UInt64? {
        if isPhysical { return try view.read(GuestPhysicalAddress(address), count: count)?.littleEndian }
        let bytes = try view.read(GuestVirtualAddress(address), count: count)
        return bytes.count == count ? bytes.littleEndian : nil
    }
}

extension Condition.Unary {
    func apply(_ value: UInt64) -> UInt64 {
        switch self {
        case .not: value == 0 ? 1 : 0
        case .complement: ~value
        case .negate: 0 &- value
        }
    }
}

extension Condition.Binary {
    /// `&&` and `||` have a value whenever one operand decides it, even if the other operand has none.
    func apply(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
        switch self {
        case .logicalAnd where left == 0 || right == 0: return 0
        case .logicalOr where left ?? 0 != 0 || right ?? 0 != 0: return 1
        default: break
        }
        guard let left, let right else { return nil }
        switch self {
        case .add: return left &+ right
        case .subtract: return left &- right
        case .multiply: return left &* right
        case .divide: return right == 0 ? nil : left / right
        case .remainder: return right == 0 ? nil : left % right
        case .shiftLeft: return left << right
        case .shiftRight: return left >> right
        case .and: return left & right
        case .or: return left | right
        case .exclusiveOr: return left ^ right
        case .equal: return left == right ? 1 : 0
        case .notEqual: return left != right ? 1 : 0
        case .less: return left < right ? 1 : 0
        case .lessOrEqual: return left <= right ? 1 : 0
        case .greater: return left > right ? 1 : 0
        case .greaterOrEqual: return left >= right ? 1 : 0
        case .logicalAnd: return left != 0 && right != 0 ? 1 : 0
        case .logicalOr: return left != 0 || right != 0 ? 1 : 0
        }
    }
}
