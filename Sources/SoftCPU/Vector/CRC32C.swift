/// The checksum of CRC32: polynomial 11EDC6F41h, reflected.
enum CRC32C {
    /// The checksum behind some more bytes.
    @inline(__always)
    static func update(_ checksum: UInt32, _ value: UInt64, bytes: Int) -> UInt32 {
        var rest = UInt64(checksum)
        for index in 0..<bytes {
            rest ^= value >> UInt64(8 * index) & 0xFF
            for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 != 0 ? 0x82F6_3B78 : 0) }
        }
        return UInt32(truncatingIfNeeded: rest)
    }
}
