/// Reads what a ``BitWriter`` packed.
struct BitReader: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0
    private var pending: UInt64 = 0
    private var pendingBits = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    /// Whether a bit is 1, by its number. Bits beyond the end are zero.
    func isOne(_ index: Int) -> Bool {
        guard index >> 3 < bytes.byteCount else { return false }
        // SAFETY: the byte is within the span, and every bit pattern is a valid byte.
        return unsafe bytes.unsafeLoad(fromByteOffset: index >> 3, as: UInt8.self) >> UInt8(index & 7) & 1 == 1
    }

    /// How many of the first `count` bits are 1; they must all be there.
    func countOnes(among count: Int) -> Int {
        var ones = 0
        for index in 0..<count / 8 {
            // SAFETY: the index is within the span, and every bit pattern is a valid byte.
            ones += unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self).nonzeroBitCount
        }
        guard count % 8 > 0 else { return ones }
        // SAFETY: as above.
        let last = unsafe bytes.unsafeLoad(fromByteOffset: count / 8, as: UInt8.self)
        return ones + (last & (1 << UInt8(count % 8) - 1)).nonzeroBitCount
    }

    /// Reads a number of `bits` bits, at most 16. Bits beyond the end are zero.
    mutating func read(bits: Int) -> UInt64 {
        while pendingBits < bits {
            if offset < bytes.byteCount {
                // SAFETY: the offset is within the span, and every bit pattern is a valid byte.
                pending |=
                    UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) << UInt64(pendingBits)
            }
            offset += 1
            pendingBits += 8
        }
        let value = pending & ((1 << UInt64(bits)) - 1)
        pending >>= UInt64(bits)
        pendingBits -= bits
        return value
    }
}
