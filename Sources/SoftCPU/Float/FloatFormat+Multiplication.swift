extension FloatFormat {
    /// Multiplies, as MULPS, MULPD and FMUL do.
    @inline(__always)
    static func product(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        let a = left.unpacked(environment)
        let b = right.unpacked(environment)
        if a.isNaN || b.isNaN { return propagated(a, b, &environment) }
        let isNegative = a.isNegative != b.isNegative
        if a.kind != .finite || b.kind != .finite {
            if a.kind == .infinity || b.kind == .infinity {
                if a.kind == .zero || b.kind == .zero { return invalid(&environment) }
                if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
                return infinity(isNegative)
            }
            if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
            return zero(isNegative)
        }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        let product = UInt128(a.significand) * UInt128(b.significand)
        let shift = product.leadingZeroBitCount
        return rounded(
            isNegative: isNegative,
            exponent: a.exponent + b.exponent + 1 - shift,
            significand: product << UInt128(shift),
            &environment,
            precision: environment.precision
        )
    }

    /// Divides, as DIVPS, DIVPD and FDIV do.
    @inline(__always)
    static func quotient(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        let a = left.unpacked(environment)
        let b = right.unpacked(environment)
        if a.isNaN || b.isNaN { return propagated(a, b, &environment) }
        let isNegative = a.isNegative != b.isNegative
        if a.kind != .finite || b.kind != .finite { return quotientOfOther(a, b, isNegative, &environment) }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        return rounded(
            isNegative: isNegative,
            exponent: a.exponent - b.exponent - (a.significand < b.significand ? 1 : 0),
            significand: quotient(a.significand, b.significand),
            &environment,
            precision: environment.precision
        )
    }

    @inline(never)
    private static func quotientOfOther(
        _ a: Unpacked,
        _ b: Unpacked,
        _ isNegative: Bool,
        _ environment: inout FloatEnvironment
    ) -> Self {
        if a.kind == b.kind { return invalid(&environment) }
        if a.kind == .finite, b.kind == .zero {
            environment.raise(.divideByZero)
            return infinity(isNegative)
        }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        return a.kind == .infinity || b.kind == .zero ? infinity(isNegative) : zero(isNegative)
    }

    /// The quotient of two normalised significands, normalised: 65 bits of it, and the last bit for the rest.
    @inline(__always)
    private static func quotient(_ a: UInt64, _ b: UInt64) -> UInt128 {
        let dividend = a < b ? (a, 0) : (a >> 1, a << 63)
        let (quotient, remainder) = b.dividingFullWidth(dividend)
        let twice = UInt128(remainder) << 1
        let half: UInt128 = twice >= UInt128(b) ? 1 << 63 : 0
        let rest: UInt128 = remainder != 0 && twice != UInt128(b) ? 1 : 0
        return UInt128(quotient) << 64 | half | rest
    }

    /// Square root, as SQRTPS, SQRTPD and FSQRT take it.
    @inline(__always)
    static func squareRoot(_ operand: Self, _ environment: inout FloatEnvironment) -> Self {
        let a = operand.unpacked(environment)
        if a.isNaN { return propagated(a, &environment) }
        if a.kind == .zero { return zero(a.isNegative) }
        if a.isNegative { return invalid(&environment) }
        if a.kind == .infinity { return infinity(false) }
        if a.isDenormal { environment.raise(.denormal) }
        let isOdd = a.exponent & 1 != 0
        return rounded(
            isNegative: false,
            exponent: a.exponent >> 1,
            significand: root(UInt128(a.significand) << (isOdd ? 64 : 63)),
            &environment,
            precision: environment.precision
        )
    }

    /// The square root of a number whose bit 126 or 127 is the highest: 65 bits of it, and the last bit for the rest.
    @inline(never)
    private static func root(_ square: UInt128) -> UInt128 {
        // Each turn gives another bit of the root from above.
        var rest = square
        var root: UInt128 = 0
        var bit: UInt128 = 1 << 126
        while bit != 0 {
            if rest >= root + bit {
                rest -= root + bit
                root = (root >> 1) + bit
            } else {
                root >>= 1
            }
            bit >>= 2
        }
        // The square of root and a half is root more than that of root, and a quarter.
        return root << 64 | (rest > root ? 1 << 63 : 0) | (rest != 0 ? 1 : 0)
    }
}
