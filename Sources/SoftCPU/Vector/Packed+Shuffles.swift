// What brings lanes to other places or other sizes: Intel SDM vol. 2, under each mnemonic.
extension Packed {
    /// Alternating lanes of two vectors, from a place on.
    @inline(__always)
    private static func interleaved<V: SIMD>(_ a: V, _ b: V, from start: Int) -> V {
        var result = V()
        for index in 0..<V.scalarCount / 2 {
            result[2 * index] = a[start + index]
            result[2 * index + 1] = b[start + index]
        }
        return result
    }
    @inline(__always)
    static func punpcklbw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.bytes, b.bytes, from: 0))
    }
    @inline(__always)
    static func punpckhbw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.bytes, b.bytes, from: 8))
    }
    @inline(__always)
    static func punpcklwd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.words, b.words, from: 0))
    }
    @inline(__always)
    static func punpckhwd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.words, b.words, from: 4))
    }
    @inline(__always)
    static func punpckldq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.doublewords, b.doublewords, from: 0))
    }
    @inline(__always)
    static func punpckhdq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(interleaved(a.doublewords, b.doublewords, from: 2))
    }
    @inline(__always)
    static func punpcklqdq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low, high: b.low)
    }
    @inline(__always)
    static func punpckhqdq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.high, high: b.high)
    }
    /// Lanes in half the size, clamped: those of a below, those of b above.
    @inline(__always)
    private static func narrowed<W: SIMD, N: SIMD>(_ a: W, _ b: W, _: N.Type) -> N
    where W.Scalar: FixedWidthInteger, N.Scalar: FixedWidthInteger {
        var result = N()
        for index in 0..<W.scalarCount {
            result[index] = N.Scalar(clamping: a[index])
            result[index + W.scalarCount] = N.Scalar(clamping: b[index])
        }
        return result
    }
    @inline(__always)
    static func packsswb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(narrowed(a.signedWords, b.signedWords, SIMD16<Int8>.self))
    }
    @inline(__always)
    static func packuswb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(narrowed(a.signedWords, b.signedWords, SIMD16<UInt8>.self))
    }
    @inline(__always)
    static func packssdw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(narrowed(a.signedDoublewords, b.signedDoublewords, SIMD8<Int16>.self))
    }
    @inline(__always)
    static func packusdw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(narrowed(a.signedDoublewords, b.signedDoublewords, SIMD8<UInt16>.self))
    }
    /// Bytes of a by the numbers in b, or 0.
    @inline(__always)
    static func pshufb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(b.bytes) { $0 >= 128 ? 0 : a.bytes[Int($0 & 15)] })
    }
    @inline(__always)
    static func pshufd(_ a: Vector128, _ control: UInt8) -> Vector128 { shufps(a, a, control) }
    @inline(__always)
    static func pshuflw(_ a: Vector128, _ control: UInt8) -> Vector128 {
        Vector128(low: MMX.pshufw(a.low, control), high: a.high)
    }
    @inline(__always)
    static func pshufhw(_ a: Vector128, _ control: UInt8) -> Vector128 {
        Vector128(low: a.low, high: MMX.pshufw(a.high, control))
    }
    @inline(__always)
    static func shufps(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        Vector128(
            SIMD4<UInt32>(
                a.doublewords[Int(control & 3)],
                a.doublewords[Int(control >> 2 & 3)],
                b.doublewords[Int(control >> 4 & 3)],
                b.doublewords[Int(control >> 6)]
            )
        )
    }
    @inline(__always)
    static func shufpd(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        Vector128(low: control & 1 != 0 ? a.high : a.low, high: control & 2 != 0 ? b.high : b.low)
    }
    @inline(__always)
    static func movddup(_ a: Vector128) -> Vector128 { Vector128(low: a.low, high: a.low) }
    @inline(__always)
    static func movsldup(_ a: Vector128) -> Vector128 {
        Vector128(low: (a.low & 0xFFFF_FFFF) &* 0x1_0000_0001, high: (a.high & 0xFFFF_FFFF) &* 0x1_0000_0001)
    }
    @inline(__always)
    static func movshdup(_ a: Vector128) -> Vector128 {
        Vector128(low: (a.low >> 32) &* 0x1_0000_0001, high: (a.high >> 32) &* 0x1_0000_0001)
    }
    /// A doubleword of b in a, and zeros.
    static func insertps(_ a: Vector128, _ value: UInt32, _ control: UInt8) -> Vector128 {
        var result = a.doublewords
        result[Int(control >> 4 & 3)] = value
        for index in 0..<4 where control >> UInt8(index) & 1 != 0 { result[index] = 0 }
        return Vector128(result)
    }

    /// The lowest lanes in twice the size or more.
    @inline(__always)
    private static func widened<N: SIMD, W: SIMD>(_ a: N, _: W.Type) -> W
    where N.Scalar: FixedWidthInteger, W.Scalar: FixedWidthInteger {
        var result = W()
        for index in 0..<W.scalarCount { result[index] = W.Scalar(truncatingIfNeeded: a[index]) }
        return result
    }
    @inline(__always)
    static func pmovsxbw(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedBytes, SIMD8<Int16>.self))
    }
    @inline(__always)
    static func pmovsxbd(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedBytes, SIMD4<Int32>.self))
    }
    @inline(__always)
    static func pmovsxbq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedBytes, SIMD2<Int64>.self))
    }
    @inline(__always)
    static func pmovsxwd(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedWords, SIMD4<Int32>.self))
    }
    @inline(__always)
    static func pmovsxwq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedWords, SIMD2<Int64>.self))
    }
    @inline(__always)
    static func pmovsxdq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.signedDoublewords, SIMD2<Int64>.self))
    }
    @inline(__always)
    static func pmovzxbw(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.bytes, SIMD8<UInt16>.self))
    }
    @inline(__always)
    static func pmovzxbd(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.bytes, SIMD4<UInt32>.self))
    }
    @inline(__always)
    static func pmovzxbq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.bytes, SIMD2<UInt64>.self))
    }
    @inline(__always)
    static func pmovzxwd(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.words, SIMD4<UInt32>.self))
    }
    @inline(__always)
    static func pmovzxwq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.words, SIMD2<UInt64>.self))
    }
    @inline(__always)
    static func pmovzxdq(_ a: Vector128) -> Vector128 {
        Vector128(widened(a.doublewords, SIMD2<UInt64>.self))
    }
}
