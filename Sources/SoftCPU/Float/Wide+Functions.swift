extension Wide {
    /// Constants, truncated.
    static let pi = Wide(exponent: 1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1)
    static let logarithmOf2 = Wide(exponent: -1, significand: 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF)
    /// 1/ln 2.
    static let logarithmToBase2OfE = Wide(exponent: 0, significand: 0xB8AA_3B29_5C17_F0BB_BE87_FED0_691D_3E89)
    /// Arc tangents of eighths from 0 to 8.
    private static let arcTangents: InlineArray<9, Wide> = [
        Wide(exponent: 0, significand: 0),
        Wide(exponent: -4, significand: 0xFEAD_D4D5_617B_6E32_C897_989F_3E88_8EF7),
        Wide(exponent: -3, significand: 0xFADB_AFC9_6406_EB15_6DC7_9EF5_F7A2_17E5),
        Wide(exponent: -2, significand: 0xB7B0_CA0F_26F7_8473_8AA3_2122_DCFE_4483),
        Wide(exponent: -2, significand: 0xED63_382B_0DDA_7B45_6FE4_45EC_BC3A_8D03),
        Wide(exponent: -1, significand: 0x8F00_5D5E_F7F5_9F9B_5C83_5E16_65C4_3747),
        Wide(exponent: -1, significand: 0xA4BC_7D19_34F7_0924_19A8_7F2A_457D_AC9F),
        Wide(exponent: -1, significand: 0xB805_3E2B_C231_9E73_CB2D_A552_10A4_443D),
        Wide(exponent: -1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1),
    ]

    /// 2 to the power of the number, less 1, of a number from -1 to 1.
    var exponentialLess1: Wide {
        let exponent = self * .logarithmOf2
        var sum = Wide.one
        // ln 2 to the power of 29 by 29 factorial is below 2 to the power of -118.
        for divisor in (2...29).reversed() { sum = .one + exponent * sum / divisor }
        return exponent * sum
    }

    /// Logarithm to base 2 of a number that is greater than 0.
    var logarithm: Wide {
        var fraction = Wide(exponent: 0, significand: significand)
        var power = exponent
        // Down to between the roots of 1/2 and of 2: near 1 all bits are those of the fraction.
        if significand >> 64 > 0xB504_F333_F9DE_6484 {
            fraction.exponent = -1
            power += 1
        }
        let quotient = (fraction - .one) / (fraction + .one)
        return quotient.logarithmOfQuotient + Wide(power)
    }

    /// Logarithm to base 2 of the number and 1; the number is greater than -1.
    var logarithmOf1More: Wide {
        if isZero { return self }
        return exponent < -2 ? (self / (self + Wide(2))).logarithmOfQuotient : (self + .one).logarithm
    }

    /// Logarithm to base 2 of (1 + s) / (1 - s), of an s whose magnitude is below 0.18.
    private var logarithmOfQuotient: Wide {
        let square = self * self
        var sum = Wide.one / 47
        for index in (0...22).reversed() { sum = Wide.one / (2 * index + 1) + square * sum }
        var double = self * sum * .logarithmToBase2OfE
        double.exponent += 1
        return double
    }

    /// Sine and cosine of a number whose magnitude is not above pi by 4.
    var sineAndCosine: (sine: Wide, cosine: Wide) {
        let square = self * self
        var sine = Wide.one
        var cosine = Wide.one
        for index in (1...15).reversed() {
            sine = .one - square * sine / (2 * index * (2 * index + 1))
            cosine = .one - square * cosine / (2 * index * (2 * index - 1))
        }
        return (self * sine, cosine)
    }

    /// Arc tangent of a quotient from 0 to 1.
    var arcTangent: Wide {
        // The nearest eighth; what is left is below a sixteenth.
        let eighths = exponent < -5 ? 0 : Int(truncatingIfNeeded: ((significand >> UInt128(-exponent)) >> 123) + 1) >> 1
        var rest = self
        if eighths > 0 {
            let base = Wide(eighths) / 8
            rest = (self - base) / (.one + self * base)
        }
        let square = rest * rest
        var sum = Wide.one / 33
        for index in (0...15).reversed() { sum = Wide.one / (2 * index + 1) - square * sum }
        return rest * sum + Self.arcTangents[eighths]
    }
}
