import ByteCoding
internal import CXXHash

/// XXH3-64, which guards every byte of a trace.
enum Checksum {
    /// The checksum of `bytes` under `seed`.
    static func of(_ bytes: RawSpan, seed: UInt64) -> UInt64 {
        // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
        unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
    }

    /// The checksum of `bytes` under `seed`.
    static func of(_ bytes: [UInt8], seed: UInt64) -> UInt64 {
        of(bytes.rawSpan, seed: seed)
    }
}
