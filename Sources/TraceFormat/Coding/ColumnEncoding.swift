import ByteCoding

/// How the values of one field are stored for the events of one shape; numbered as in a trace.
enum ColumnEncoding: UInt8 {
    /// One varint for all events.
    case constant = 0
    /// A byte with the size of each value, 1 to 8 bytes, and then the values, little-endian.
    case fixed = 1
    /// Zigzag varints of the difference from the previous value; the first is the difference from 0.
    case differences = 2

    /// Chooses the smallest encoding of `values`; `width` is the size of a value in bytes for `fixed`.
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
