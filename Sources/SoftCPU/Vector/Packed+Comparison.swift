// Comparisons, choices by them, and bitwise operations: Intel SDM vol. 2, under each mnemonic.
extension Packed {
    @inline(__always)
    static func pand(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low & b.low, high: a.high & b.high)
    }
    @inline(__always)
    static func por(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low | b.low, high: a.high | b.high)
    }
    @inline(__always)
    static func pxor(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low ^ b.low, high: a.high ^ b.high)
    }
    @inline(__always)
    static func pandn(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: ~a.low & b.low, high: ~a.high & b.high)
    }
    @inline(__always)
    static func pcmpeqb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD16<Int8>.zero.replacing(with: -1, where: a.signedBytes .== b.signedBytes))
    }
    @inline(__always)
    static func pcmpeqw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD8<Int16>.zero.replacing(with: -1, where: a.signedWords .== b.signedWords))
    }
    @inline(__always)
    static func pcmpeqd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD4<Int32>.zero.replacing(with: -1, where: a.signedDoublewords .== b.signedDoublewords))
    }
    @inline(__always)
    static func pcmpgtb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD16<Int8>.zero.replacing(with: -1, where: a.signedBytes .> b.signedBytes))
    }
    @inline(__always)
    static func pcmpgtw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD8<Int16>.zero.replacing(with: -1, where: a.signedWords .> b.signedWords))
    }
    @inline(__always)
    static func pcmpgtd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(SIMD4<Int32>.zero.replacing(with: -1, where: a.signedDoublewords .> b.signedDoublewords))
    }
    @inline(__always)
    static func pcmpeqq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low == b.low ? ~0 : 0, high: a.high == b.high ? ~0 : 0)
    }
    @inline(__always)
    static func pcmpgtq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(
            low: Int64(bitPattern: a.low) > Int64(bitPattern: b.low) ? ~0 : 0,
            high: Int64(bitPattern: a.high) > Int64(bitPattern: b.high) ? ~0 : 0
        )
    }
    @inline(__always)
    static func pminub(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.bytes, b.bytes))
    }
    @inline(__always)
    static func pminsb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.signedBytes, b.signedBytes))
    }
    @inline(__always)
    static func pminuw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.words, b.words))
    }
    @inline(__always)
    static func pminsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.signedWords, b.signedWords))
    }
    @inline(__always)
    static func pminud(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.doublewords, b.doublewords))
    }
    @inline(__always)
    static func pminsd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMin(a.signedDoublewords, b.signedDoublewords))
    }
    @inline(__always)
    static func pmaxub(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.bytes, b.bytes))
    }
    @inline(__always)
    static func pmaxsb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.signedBytes, b.signedBytes))
    }
    @inline(__always)
    static func pmaxuw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.words, b.words))
    }
    @inline(__always)
    static func pmaxsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.signedWords, b.signedWords))
    }
    @inline(__always)
    static func pmaxud(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.doublewords, b.doublewords))
    }
    @inline(__always)
    static func pmaxsd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(pointwiseMax(a.signedDoublewords, b.signedDoublewords))
    }
    /// Bytes of b where the highest bit of the mask's is set.
    @inline(__always)
    static func pblendvb(_ a: Vector128, _ b: Vector128, mask: Vector128) -> Vector128 {
        Vector128(a.bytes.replacing(with: b.bytes, where: mask.bytes .>= 128))
    }
    @inline(__always)
    static func blendvps(_ a: Vector128, _ b: Vector128, mask: Vector128) -> Vector128 {
        Vector128(a.doublewords.replacing(with: b.doublewords, where: mask.doublewords .>= 1 << 31))
    }
    @inline(__always)
    static func blendvpd(_ a: Vector128, _ b: Vector128, mask: Vector128) -> Vector128 {
        Vector128(low: mask.low >> 63 != 0 ? b.low : a.low, high: mask.high >> 63 != 0 ? b.high : a.high)
    }
    static func pblendw(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        var result = a.words
        for index in 0..<8 where control >> UInt8(index) & 1 != 0 { result[index] = b.words[index] }
        return Vector128(result)
    }
    static func blendps(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        var result = a.doublewords
        for index in 0..<4 where control >> UInt8(index) & 1 != 0 { result[index] = b.doublewords[index] }
        return Vector128(result)
    }
    static func blendpd(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        Vector128(low: control & 1 != 0 ? b.low : a.low, high: control & 2 != 0 ? b.high : a.high)
    }
    /// ZF and CF: whether a and b, and b without a, are zero.
    @inline(__always)
    static func ptest(_ a: Vector128, _ b: Vector128) -> (zero: Bool, carry: Bool) {
        (pand(a, b) == Vector128(), pandn(a, b) == Vector128())
    }
    /// The highest bits of all bytes.
    @inline(__always)
    static func pmovmskb(_ a: Vector128) -> UInt64 { gathered(a.low) | gathered(a.high) << 8 }
    /// The highest bits of eight bytes: the product brings them together in the upper byte.
    @inline(__always)
    private static func gathered(_ bytes: UInt64) -> UInt64 {
        ((bytes >> 7 & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) >> 56
    }
    @inline(__always)
    static func movmskps(_ a: Vector128) -> UInt64 {
        a.low >> 31 & 1 | (a.low >> 63) << 1 | (a.high >> 31 & 1) << 2 | (a.high >> 63) << 3
    }
    @inline(__always)
    static func movmskpd(_ a: Vector128) -> UInt64 { a.low >> 63 | (a.high >> 63) << 1 }
}
