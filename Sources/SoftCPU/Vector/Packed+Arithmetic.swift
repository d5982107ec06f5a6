// Sums, differences, products and what is close to them: Intel SDM vol. 2, under each mnemonic.
extension Packed {
    @inline(__always) static func paddb(_ a: Vector128, _ b: Vector128) -> Vector128 { Vector128(a.bytes &+ b.bytes) }
    @inline(__always) static func paddw(_ a: Vector128, _ b: Vector128) -> Vector128 { Vector128(a.words &+ b.words) }
    @inline(__always)
    static func paddd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(a.doublewords &+ b.doublewords)
    }
    @inline(__always)
    static func paddq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low &+ b.low, high: a.high &+ b.high)
    }
    @inline(__always) static func psubb(_ a: Vector128, _ b: Vector128) -> Vector128 { Vector128(a.bytes &- b.bytes) }
    @inline(__always) static func psubw(_ a: Vector128, _ b: Vector128) -> Vector128 { Vector128(a.words &- b.words) }
    @inline(__always)
    static func psubd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(a.doublewords &- b.doublewords)
    }
    @inline(__always)
    static func psubq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(low: a.low &- b.low, high: a.high &- b.high)
    }
    @inline(__always)
    static func paddsb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedBytes, b.signedBytes, saturatedSum))
    }
    @inline(__always)
    static func paddusb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.bytes, b.bytes, saturatedSum))
    }
    @inline(__always)
    static func paddsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedWords, b.signedWords, saturatedSum))
    }
    @inline(__always)
    static func paddusw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.words, b.words, saturatedSum))
    }
    @inline(__always)
    static func psubsb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedBytes, b.signedBytes, saturatedDifference))
    }
    @inline(__always)
    static func psubusb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.bytes, b.bytes, saturatedDifference))
    }
    @inline(__always)
    static func psubsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedWords, b.signedWords, saturatedDifference))
    }
    @inline(__always)
    static func psubusw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.words, b.words, saturatedDifference))
    }
    @inline(__always) static func pmullw(_ a: Vector128, _ b: Vector128) -> Vector128 { Vector128(a.words &* b.words) }
    @inline(__always)
    static func pmulld(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(a.doublewords &* b.doublewords)
    }
    @inline(__always)
    static func pmulhw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedWords, b.signedWords) { $0.multipliedFullWidth(by: $1).high })
    }
    @inline(__always)
    static func pmulhuw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.words, b.words) { $0.multipliedFullWidth(by: $1).high })
    }
    @inline(__always)
    static func pmulhrsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(
            lanewise(a.signedWords, b.signedWords) {
                Int16(truncatingIfNeeded: (((Int32($0) * Int32($1)) >> 14) + 1) >> 1)
            }
        )
    }
    @inline(__always)
    static func pmuludq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(
            low: (a.low & 0xFFFF_FFFF) * (b.low & 0xFFFF_FFFF),
            high: (a.high & 0xFFFF_FFFF) * (b.high & 0xFFFF_FFFF)
        )
    }
    @inline(__always)
    static func pmuldq(_ a: Vector128, _ b: Vector128) -> Vector128 {
        let first = Int64(a.signedDoublewords[0]) * Int64(b.signedDoublewords[0])
        let second = Int64(a.signedDoublewords[2]) * Int64(b.signedDoublewords[2])
        return Vector128(low: UInt64(bitPattern: first), high: UInt64(bitPattern: second))
    }
    @inline(__always)
    static func pmaddwd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        var result = SIMD4<Int32>()
        for index in 0..<4 {
            result[index] =
                Int32(a.signedWords[2 * index]) * Int32(b.signedWords[2 * index])
                &+ Int32(a.signedWords[2 * index + 1]) * Int32(b.signedWords[2 * index + 1])
        }
        return Vector128(result)
    }
    @inline(__always)
    static func pmaddubsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        var result = SIMD8<Int16>()
        for index in 0..<8 {
            let sum =
                Int32(a.bytes[2 * index]) * Int32(b.signedBytes[2 * index])
                + Int32(a.bytes[2 * index + 1]) * Int32(b.signedBytes[2 * index + 1])
            result[index] = Int16(clamping: sum)
        }
        return Vector128(result)
    }
    @inline(__always)
    static func pavgb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.bytes, b.bytes) { UInt8((UInt16($0) + UInt16($1) + 1) >> 1) })
    }
    @inline(__always)
    static func pavgw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.words, b.words) { UInt16((UInt32($0) + UInt32($1) + 1) >> 1) })
    }
    @inline(__always)
    static func psadbw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        var result = Vector128()
        for index in 0..<8 {
            result.low += UInt64(difference(a.bytes[index], b.bytes[index]))
            result.high += UInt64(difference(a.bytes[index + 8], b.bytes[index + 8]))
        }
        return result
    }
    /// Sums of absolute differences of four bytes of b and eight successive four bytes of a.
    static func mpsadbw(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        let start = control & 4 != 0 ? 4 : 0
        let block = Int(control & 3) * 4
        var result = SIMD8<UInt16>()
        for index in 0..<8 {
            for place in 0..<4 {
                result[index] += UInt16(difference(a.bytes[start + index + place], b.bytes[block + place]))
            }
        }
        return Vector128(result)
    }
    @inline(__always)
    private static func difference(_ a: UInt8, _ b: UInt8) -> UInt8 { a > b ? a - b : b - a }

    @inline(__always)
    static func pabsb(_ a: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedBytes) { $0 < 0 ? 0 &- $0 : $0 })
    }
    @inline(__always)
    static func pabsw(_ a: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedWords) { $0 < 0 ? 0 &- $0 : $0 })
    }
    @inline(__always)
    static func pabsd(_ a: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedDoublewords) { $0 < 0 ? 0 &- $0 : $0 })
    }
    @inline(__always)
    static func psignb(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedBytes, b.signedBytes) { $1 < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 })
    }
    @inline(__always)
    static func psignw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedWords, b.signedWords) { $1 < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 })
    }
    @inline(__always)
    static func psignd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(lanewise(a.signedDoublewords, b.signedDoublewords) { $1 < 0 ? 0 &- $0 : $1 == 0 ? 0 : $0 })
    }
    @inline(__always)
    static func phaddw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedWords, b.signedWords) { $0 &+ $1 })
    }
    @inline(__always)
    static func phsubw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedWords, b.signedWords) { $0 &- $1 })
    }
    @inline(__always)
    static func phaddsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedWords, b.signedWords) { saturatedSum($0, $1) })
    }
    @inline(__always)
    static func phsubsw(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedWords, b.signedWords) { saturatedDifference($0, $1) })
    }
    @inline(__always)
    static func phaddd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedDoublewords, b.signedDoublewords) { $0 &+ $1 })
    }
    @inline(__always)
    static func phsubd(_ a: Vector128, _ b: Vector128) -> Vector128 {
        Vector128(horizontal(a.signedDoublewords, b.signedDoublewords) { $0 &- $1 })
    }
    /// Combines neighbours: those of a below, those of b above.
    @inline(__always)
    private static func horizontal<V: SIMD>(_ a: V, _ b: V, _ function: (V.Scalar, V.Scalar) -> V.Scalar) -> V {
        var result = V()
        let half = V.scalarCount / 2
        for index in 0..<half {
            result[index] = function(a[2 * index], a[2 * index + 1])
            result[index + half] = function(b[2 * index], b[2 * index + 1])
        }
        return result
    }
    /// The smallest word, and behind it its place.
    static func phminposuw(_ a: Vector128) -> Vector128 {
        var place = 0
        for index in 1..<8 where a.words[index] < a.words[place] { place = index }
        return Vector128(low: UInt64(a.words[place]) | UInt64(place) << 16)
    }
}
