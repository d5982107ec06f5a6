extension SoftSingle {
    /// What RCPSS estimates 1/x to be. It raises nothing, and takes denormals for zeros whatever MXCSR says.
    func reciprocal(_ quirks: Quirks) -> SoftSingle {
        if let special = estimateOfSpecial() { return special }
        let deviates = quirks.contains(.deviatingEstimates)
        let middle = deviates ? 8193 + 2 * index : 8194 + 4 * (index >> 1)
        let deviation = deviates ? Self.quirk(EstimateQuirks.reciprocals, index) : 0
        let estimate = ((1 << 27) + middle) / (2 * middle) &+ deviation
        // 4096 stands for one half.
        let field = 253 - Int(bits >> 23 & 0xFF) + Int(estimate >> 13)
        if field <= 0 { return .zero(bits >> 31 != 0) }
        return SoftSingle(isNegative: bits >> 31 != 0, field: field, significand: estimate << 51)
    }

    /// What RSQRTSS estimates 1/sqrt(x) to be. It raises nothing, and takes denormals for zeros whatever MXCSR says.
    func reciprocalSquareRoot(_ quirks: Quirks) -> SoftSingle {
        if let special = estimateOfSpecial() {
            return bits >> 31 != 0 && special.bits & 0x7FFF_FFFF == 0 ? .indefinite : special
        }
        if bits >> 31 != 0 { return .indefinite }
        let exponent = Int(bits >> 23 & 0xFF) - 127
        let isOdd = exponent & 1 != 0
        let deviates = quirks.contains(.deviatingEstimates)
        let middle = deviates ? 8193 + 2 * index : 8196 + 8 * (index >> 2)
        let square: UInt64 = 1 << (isOdd ? 40 : 41)
        let table = isOdd ? EstimateQuirks.oddRoots : EstimateQuirks.evenRoots
        let deviation = deviates ? Self.quirk(table, index) : 0
        let estimate = (Self.root(square / middle) + 1) / 2 &+ deviation
        let field = 126 - (exponent >> 1) + Int(estimate >> 13)
        return SoftSingle(isNegative: false, field: field, significand: estimate << 51)
    }

    /// The upper bits of the fraction.
    private var index: UInt64 { UInt64(bits >> 11 & 0xFFF) }

    /// Both estimates of what is not a normal number.
    private func estimateOfSpecial() -> SoftSingle? {
        let isNegative = bits >> 31 != 0
        switch bits >> 23 & 0xFF {
        case 0: return .infinity(isNegative)
        case 0xFF: return bits << 9 == 0 ? .zero(isNegative) : SoftSingle(bits: bits | 0x40_0000)
        default: return nil
        }
    }

    /// An entry of a table, 0, 1 or -1 in two's complement.
    private static func quirk(_ table: InlineArray<128, UInt64>, _ index: UInt64) -> UInt64 {
        let bits = table[Int(index >> 5)] >> (2 * (index & 31)) & 3
        return bits == 3 ? ~0 : bits
    }

    /// The root of a number below 2 to the power of 30, rounded down.
    private static func root(_ number: UInt64) -> UInt64 {
        var root: UInt64 = 0
        var bit: UInt64 = 1 << 15
        while bit != 0 {
            if (root | bit) * (root | bit) <= number { root |= bit }
            bit >>= 1
        }
        return root
    }
}
