/// Little-endian numbers in bytes.
public enum LittleEndian {
    /// The number that up to eight bytes encode.
    @inlinable
    public static func number(_ bytes: Span<UInt8>) -> UInt64 {
        number(byteCount: min(bytes.count, 8)) { bytes[$0] }
    }

    /// The number that up to eight bytes encode. `byte` is called for each of them, from the lowest on.
    @inlinable
    public static func number<Failure: Error>(
        byteCount: Int,
        _ byte: (Int) throws(Failure) -> UInt8
    ) throws(Failure) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<byteCount { number |= UInt64(try byte(index)) << UInt64(8 * index) }
        return number
    }

    /// One byte of a number; index 0 is the lowest.
    @inlinable
    public static func byte(_ index: Int, of value: some FixedWidthInteger) -> UInt8 {
        UInt8(truncatingIfNeeded: value >> (8 * index))
    }

    /// The bytes of a number.
    @inlinable
    public static func bytes<Value: FixedWidthInteger>(of value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { byte($0, of: value) }
    }
}
