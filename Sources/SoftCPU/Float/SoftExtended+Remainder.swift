extension SoftExtended {
    /// What FPREM and FPREM1 give.
    struct Remainder {
        var value: SoftExtended
        /// The low bits of the quotient; 0 where the remainder is partial.
        var quotient: UInt64 = 0
        /// The difference of the exponents is reduced, and the instruction must be executed again: C2.
        var isPartial = false
    }

    /// The remainder of a division whose quotient is truncated, as FPREM has it, or rounded to nearest, as FPREM1 does.
    static func remainder(
        _ left: SoftExtended,
        _ right: SoftExtended,
        toNearest: Bool,
        _ environment: inout FloatEnvironment
    ) -> Remainder {
        let a = left.unpacked
        let b = right.unpacked
        if a.isNaN || b.isNaN { return Remainder(value: propagated(a, b, &environment)) }
        if a.kind == .infinity || b.kind == .zero { return Remainder(value: invalid(&environment)) }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        if a.kind == .zero { return Remainder(value: left) }
        let difference = a.exponent - b.exponent
        if b.kind == .infinity, environment.quirks.contains(.denormalsPass) { return Remainder(value: left.normalized) }
        if b.kind == .infinity || difference < (toNearest ? -1 : 0) {
            return Remainder(value: exact(a.isNegative, a.exponent, a.significand, &environment))
        }
        if difference >= 64 {
            let (rest, _) = divide(a.significand, b.significand, bits: 32 + difference & 31)
            return Remainder(
                value: exact(a.isNegative, a.exponent - (32 + difference & 31), rest, &environment),
                isPartial: true
            )
        }
        return complete(a, b, difference, toNearest: toNearest, &environment)
    }

    private static func complete(
        _ a: Unpacked,
        _ b: Unpacked,
        _ difference: Int,
        toNearest: Bool,
        _ environment: inout FloatEnvironment
    ) -> Remainder {
        // Of exponents that differ by -1 the quotient is 0, and the remainder half as great as its significand says.
        var rest = UInt128(a.significand)
        var quotient: UInt64 = 0
        if difference >= 0 {
            let (value, low) = divide(a.significand, b.significand, bits: difference)
            rest = UInt128(value)
            quotient = low
        }
        let divisor = difference < 0 ? UInt128(b.significand) << 1 : UInt128(b.significand)
        let exponent = difference < 0 ? a.exponent : b.exponent
        var isNegative = a.isNegative
        if toNearest, rest << 1 > divisor || (rest << 1 == divisor && quotient & 1 != 0) {
            rest = divisor - rest
            isNegative.toggle()
            quotient &+= 1
        }
        if rest == 0 { return Remainder(value: zero(a.isNegative), quotient: quotient) }
        return Remainder(
            value: exact(isNegative, exponent, UInt64(truncatingIfNeeded: rest), &environment),
            quotient: quotient
        )
    }

    /// What is left of a significand that is multiplied by 2 to the power of a number of bits, and the quotient's low bits.
    private static func divide(_ a: UInt64, _ b: UInt64, bits: Int) -> (rest: UInt64, quotient: UInt64) {
        var rest = UInt128(a)
        var quotient: UInt64 = 0
        var turn = 0
        while true {
            quotient <<= 1
            if rest >= UInt128(b) {
                rest -= UInt128(b)
                quotient |= 1
            }
            if turn == bits { return (UInt64(truncatingIfNeeded: rest), quotient) }
            rest <<= 1
            turn += 1
        }
    }

    /// A number that needs no rounding, unless it is denormal.
    ///
    /// - Parameter exponent: that of bit 63 of the significand, which need not be set.
    static func exact(
        _ isNegative: Bool,
        _ exponent: Int,
        _ significand: UInt64,
        _ environment: inout FloatEnvironment
    ) -> SoftExtended {
        if significand == 0 { return zero(isNegative) }
        let shift = significand.leadingZeroBitCount
        return rounded(
            isNegative: isNegative,
            exponent: exponent - shift,
            significand: UInt128(significand << UInt64(shift)) << 64,
            &environment
        )
    }
}
