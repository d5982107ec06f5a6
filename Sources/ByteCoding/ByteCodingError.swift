/// Why bytes could not be taken apart. Offsets count from the first byte under the cursor.
public enum ByteCodingError: Error, Equatable, CustomStringConvertible {
    /// The bytes end before the value does.
    case truncated(offset: Int, needed: Int, available: Int)
    /// A variable-length number is longer than 64 bits.
    case malformedVarint(offset: Int)
    /// A count is larger than its limit.
    case overLimit(offset: Int, value: UInt64, limit: Int)
    /// A string is not UTF-8.
    case malformedText(offset: Int)
    /// A value is outside its range; `field` names it.
    case invalidValue(field: String, value: UInt64)
    /// Bytes are left after the last value.
    case trailingBytes(offset: Int, count: Int)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .truncated(let offset, let needed, let available):
            "truncated at byte \(offset): \(needed) bytes needed, \(available) left"
        case .malformedVarint(let offset):
            "number at byte \(offset) is longer than 64 bits"
        case .overLimit(let offset, let value, let limit):
            "count \(value) at byte \(offset) is over the limit of \(limit)"
        case .malformedText(let offset):
            "text at byte \(offset) is not UTF-8"
        case .invalidValue(let field, let value):
            "\(field) has the invalid value \(value)"
        case .trailingBytes(let offset, let count):
            "\(count) bytes too many after byte \(offset)"
        }
    }
}
