/// The instructions of AES-NI (FIPS 197; Intel SDM vol. 2, under each mnemonic).
enum AES {
    static func aesenc(_ state: Vector128, _ key: Vector128) -> Vector128 {
        Packed.pxor(mixed(substituted(shifted(state, by: 1)), 2, 3, 1, 1), key)
    }

    static func aesenclast(_ state: Vector128, _ key: Vector128) -> Vector128 {
        Packed.pxor(substituted(shifted(state, by: 1)), key)
    }

    static func aesdec(_ state: Vector128, _ key: Vector128) -> Vector128 {
        Packed.pxor(aesimc(inverselySubstituted(shifted(state, by: 3))), key)
    }

    static func aesdeclast(_ state: Vector128, _ key: Vector128) -> Vector128 {
        Packed.pxor(inverselySubstituted(shifted(state, by: 3)), key)
    }

    static func aesimc(_ state: Vector128) -> Vector128 { mixed(state, 14, 11, 13, 9) }

    static func aeskeygenassist(_ key: Vector128, _ constant: UInt8) -> Vector128 {
        let words = substituted(key).doublewords
        let rotated1 = words[1] >> 8 | words[1] << 24
        let rotated3 = words[3] >> 8 | words[3] << 24
        return Vector128(SIMD4(words[1], rotated1 ^ UInt32(constant), words[3], rotated3 ^ UInt32(constant)))
    }

    private static let substitutions = InlineArray<256, UInt8> { substitute(UInt8($0)) }
    private static let inverseSubstitutions = InlineArray<256, UInt8> { inverselySubstitute(UInt8($0)) }

    /// ShiftRows: row r goes left by r columns, or by three times as many, which is the inverse.
    private static func shifted(_ state: Vector128, by count: Int) -> Vector128 {
        let bytes = state.bytes
        var result = SIMD16<UInt8>()
        for index in 0..<16 { result[index] = bytes[(index + 4 * count * (index & 3)) & 15] }
        return Vector128(result)
    }

    private static func substituted(_ state: Vector128) -> Vector128 {
        Vector128(lanewise(state.bytes) { substitutions[Int($0)] })
    }

    private static func inverselySubstituted(_ state: Vector128) -> Vector128 {
        Vector128(lanewise(state.bytes) { inverseSubstitutions[Int($0)] })
    }

    /// Multiplies each column by a matrix that four coefficients make.
    private static func mixed(_ state: Vector128, _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> Vector128 {
        let bytes = state.bytes
        var result = SIMD16<UInt8>()
        for index in 0..<16 {
            let column = index & 12
            result[index] =
                product(bytes[index], a) ^ product(bytes[column | (index + 1) & 3], b)
                ^ product(bytes[column | (index + 2) & 3], c) ^ product(bytes[column | (index + 3) & 3], d)
        }
        return Vector128(result)
    }

    /// A product in GF(2^8).
    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var result: UInt8 = 0
        var power = a
        var rest = b
        while rest != 0 {
            if rest & 1 != 0 { result ^= power }
            power = power << 1 ^ (power >> 7) &* 0x1B
            rest >>= 1
        }
        return result
    }

    /// The inverse in GF(2^8), which is the power of 254; 0 for 0.
    private static func inverse(_ a: UInt8) -> UInt8 {
        let a2 = product(a, a)
        let a3 = product(a2, a)
        let a6 = product(a3, a3)
        let a12 = product(a6, a6)
        let a15 = product(a12, a3)
        let a30 = product(a15, a15)
        let a60 = product(a30, a30)
        let a120 = product(a60, a60)
        let a126 = product(a120, a6)
        let a127 = product(a126, a)
        return product(a127, a127)
    }

    private static func rotated(_ a: UInt8, _ count: UInt8) -> UInt8 { a << count | a >> (8 - count) }

    private static func substitute(_ a: UInt8) -> UInt8 {
        let b = inverse(a)
        return b ^ rotated(b, 1) ^ rotated(b, 2) ^ rotated(b, 3) ^ rotated(b, 4) ^ 0x63
    }

    private static func inverselySubstitute(_ a: UInt8) -> UInt8 {
        inverse(rotated(a, 1) ^ rotated(a, 3) ^ rotated(a, 6) ^ 0x05)
    }
}
