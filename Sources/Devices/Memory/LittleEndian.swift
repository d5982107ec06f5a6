/// Little-endian numbers in bytes.
enum LittleEndian {
    /// The number that up to eight bytes are.
    static func number(_ bytes: Span<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for index in bytes.indices.prefix(8) { number |= UInt64(bytes[index]) << UInt64(8 * index) }
        return number
    }

    /// The bytes of a number.
    static func bytes<Value: FixedWidthInteger>(of value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value(8 * $0)) }
    }
}
