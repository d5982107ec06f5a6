import ByteCoding
import Testing

@Suite struct Digest128Tests {
    @Test func hashesLikeTheReferenceImplementation() {
        // The XXH3-128 of no bytes with seed 0, from the xxHash specification's test vectors.
        let empty: [UInt8] = []
        #expect(Digest128(hashing: empty.rawSpan).description == "99aa06d3014798d86001c324468d497f")
    }

    @Test func oneBitAndTheSeedBothChangeTheDigest() {
        let zeros = [UInt8](repeating: 0, count: 4096)
        var flipped = zeros
        flipped[1234] = 1
        let digests: Set = [
            Digest128(hashing: zeros.rawSpan),
            Digest128(hashing: flipped.rawSpan),
            Digest128(hashing: zeros.rawSpan, seed: 0x1000),
        ]
        #expect(digests.count == 3)
    }

    @Test func sumsDoNotDependOnOrderAndElementsComeOutAgain() {
        let a = Digest128(low: .max, high: 5)
        let b = Digest128(low: 7, high: .max)
        #expect(a + b == b + a)
        #expect(a + b - a == b)
    }
}
