extension FloatFormat {
    /// Adds, as ADDPS, ADDPD and FADD do.
    @inline(__always)
    static func sum(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        sum(left, right, negating: false, &environment)
    }

    /// Subtracts, as SUBPS, SUBPD and FSUB do.
    @inline(__always)
    static func difference(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        sum(left, right, negating: true, &environment)
    }

    @inline(__always)
    private static func sum(
        _ left: Self,
        _ right: Self,
        negating: Bool,
        _ environment: inout FloatEnvironment
    ) -> Self {
        let a = left.unpacked(environment)
        var b = right.unpacked(environment)
        if a.isNaN || b.isNaN { return propagated(a, b, &environment) }
        if negating { b.isNegative.toggle() }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        if a.kind == .finite, b.kind == .finite { return sumOfFinite(a, b, &environment) }
        return sumOfOther(a, b, &environment)
    }

    /// Where one is zero or infinite.
    @inline(never)
    private static func sumOfOther(_ a: Unpacked, _ b: Unpacked, _ environment: inout FloatEnvironment) -> Self {
        if a.kind == .infinity {
            return b.kind == .infinity && a.isNegative != b.isNegative
                ? invalid(&environment) : infinity(a.isNegative)
        }
        if b.kind == .infinity { return infinity(b.isNegative) }
        if a.kind == .zero, b.kind == .zero {
            return zero(a.isNegative == b.isNegative ? a.isNegative : environment.rounding == .down)
        }
        // Rounding may be necessary: x87's precision may be less than that of the operand.
        let number = a.kind == .zero ? b : a
        return rounded(
            isNegative: number.isNegative,
            exponent: number.exponent,
            significand: UInt128(number.significand) << 64,
            &environment,
            precision: environment.precision
        )
    }

    @inline(__always)
    private static func sumOfFinite(_ a: Unpacked, _ b: Unpacked, _ environment: inout FloatEnvironment) -> Self {
        let isSwapped = a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)
        let great = isSwapped ? b : a
        let small = isSwapped ? a : b
        // A bit above is for the carry; those below are enough to round by.
        let first = UInt128(great.significand) << 62
        let second = shiftedRight(UInt128(small.significand) << 62, by: great.exponent - small.exponent)
        let sum = a.isNegative == b.isNegative ? first + second : first - second
        if sum == 0 { return zero(environment.rounding == .down) }
        let shift = sum.leadingZeroBitCount
        return rounded(
            isNegative: great.isNegative,
            exponent: great.exponent + 2 - shift,
            significand: sum << UInt128(shift),
            &environment,
            precision: environment.precision
        )
    }
}
