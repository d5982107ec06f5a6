import ByteCoding

/// How the values that one field takes in the events of one shape are stored; numbered as in a trace.
enum ColumnEncoding: UInt8 {
    /// One varint that holds for all.
    case constant = 0
    /// A byte that says how many bytes each has, 1 to 8, and the values, little-endian.
    case fixed = 1
    /// Zigzag varints of the difference from the value before; the first from 0.
    case differences = 2

    /// Picks the smallest encoding of `values`, and the bytes a value has if that is `fixed`.
    static func best(for values: ArraySlice<UInt64>) -> (encoding: Self, width: Int) {
        var all: UInt64 = 0
        var differencesSize = 0
        var previous: UInt64 = 0
        var isConstant = true
        for value in values {
            let difference = value &- previous
            if difference != 0, value != values.first { isConstant = false }
            let folded = ZigZag.encode(difference)
            differencesSize += folded < 0x80 ? 1 : (70 - folded.leadingZeroBitCount) / 7
            all |= value
            previous = value
        }
        if isConstant { return (.constant, 0) }
        let width = max(1, (71 - all.leadingZeroBitCount) / 8)
        return width * values.count <= differencesSize ? (.fixed, width) : (.differences, 0)
    }
}
