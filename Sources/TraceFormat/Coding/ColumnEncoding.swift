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
    static func best(for values: Span<UInt64>) -> (encoding: Self, width: Int) {
        var all: UInt64 = 0
        var differing: UInt64 = 0
        for index in 0..<values.count {
            all |= values[index]
            differing |= values[index] ^ values[0]
        }
        if differing == 0 { return (.constant, 0) }
        let width = max(1, (71 - all.leadingZeroBitCount) / 8)
        // A difference takes a byte at least.
        if width == 1 || width * values.count <= differencesSize(of: values) { return (.fixed, width) }
        return (.differences, 0)
    }

    /// How many bytes values take as differences.
    private static func differencesSize(of values: Span<UInt64>) -> Int {
        var size = 0
        var previous: UInt64 = 0
        for index in 0..<values.count {
            let folded = ZigZag.encode(values[index] &- previous)
            size += folded < 0x80 ? 1 : (70 - folded.leadingZeroBitCount) / 7
            previous = values[index]
        }
        return size
    }
}
