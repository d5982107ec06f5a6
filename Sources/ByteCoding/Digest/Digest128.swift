internal import CXXHash

/// A 128-bit XXH3 hash. Detects accidental differences; it is no defence against a forger.
public struct Digest128: Hashable, Sendable, CustomStringConvertible {
    /// Bits 0 to 63.
    public var low: UInt64
    /// Bits 64 to 127.
    public var high: UInt64

    /// Makes a digest of its halves.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The neutral element of ``+(_:_:)``.
    public static let zero = Self(low: 0, high: 0)

    /// Hashes bytes; different seeds give independent hashes.
    public init(hashing bytes: RawSpan, seed: UInt64 = 0) {
        // SAFETY: the buffer is only read, inside the closure, while the span that it views is alive.
        let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits_withSeed($0.baseAddress, $0.count, seed) }
        self.init(low: hash.low64, high: hash.high64)
    }

    /// The 32 hexadecimal digits, high half first.
    public var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension Digest128 {
    /// Adds digests half by half, wrapping: the sum over a set does not depend on the order, and an element can be
    /// taken out again with ``-(_:_:)``.
    public static func + (left: Self, right: Self) -> Self {
        Self(low: left.low &+ right.low, high: left.high &+ right.high)
    }

    /// Takes out of a sum what ``+(_:_:)`` had put in.
    public static func - (left: Self, right: Self) -> Self {
        Self(low: left.low &- right.low, high: left.high &- right.high)
    }
}
