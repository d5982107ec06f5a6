extension Digest128 {
    /// What a page of guest memory adds to the digest of all memory: its hash, seeded with its guest-physical address;
    /// zero if the page is all zero.
    public init(ofPage page: RawSpan, at address: UInt64) {
        self = page.isAllZero ? .zero : Self(hashing: page, seed: address)
    }
}

extension RawSpan {
    /// Whether every byte is zero.
    package var isAllZero: Bool {
        // SAFETY: the buffer is only read, inside the closure; loads are unaligned-safe and within its count.
        unsafe withUnsafeBytes { bytes in
            let words = bytes.count / 8
            for index in 0..<words where unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) != 0 {
                return false
            }
            return unsafe bytes[(words * 8)...].allSatisfy { $0 == 0 }
        }
    }
}
