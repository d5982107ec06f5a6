/// Reads what a ``BitWriter`` packed.
struct BitReader: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0
    private var pending: UInt64 = 0
    private var pendingBits = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

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
