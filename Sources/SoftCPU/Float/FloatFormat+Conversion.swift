extension FloatFormat {
    /// Converts from another format, as CVTSS2SD, CVTSD2SS, FLD and FST do.
    ///
    /// - Parameter findsDenormal: a denormal operand is an exception; it is none for FST.
    @inline(__always)
    static func converted<From: FloatFormat>(
        _ operand: From,
        findsDenormal: Bool = true,
        _ environment: inout FloatEnvironment
    ) -> Self {
        let a = operand.unpacked(environment)
        switch a.kind {
        case .zero: return zero(a.isNegative)
        case .infinity: return infinity(a.isNegative)
        case .quiet, .signalling, .unsupported: return propagated(a, &environment)
        case .finite:
            if a.isDenormal, findsDenormal { environment.raise(.denormal) }
            return rounded(
                isNegative: a.isNegative,
                exponent: a.exponent,
                significand: UInt128(a.significand) << 64,
                &environment
            )
        }
    }

    /// Converts from an integer, as CVTSI2SS and FILD do.
    @inline(__always)
    static func converted(_ integer: Int64, _ environment: inout FloatEnvironment) -> Self {
        if integer == 0 { return zero(false) }
        let magnitude = integer.magnitude
        let shift = magnitude.leadingZeroBitCount
        return rounded(
            isNegative: integer < 0,
            exponent: 63 - shift,
            significand: UInt128(magnitude << UInt64(shift)) << 64,
            &environment
        )
    }

    /// Converts to an integer of 16, 32 or 64 bits, as CVTSS2SI, CVTTSS2SI, FIST and FISTTP do; the smallest one stands for
    /// what is invalid.
    @inline(__always)
    static func integer(
        _ operand: Self,
        bits: Int,
        rounding: Rounding,
        _ environment: inout FloatEnvironment
    ) -> Int64 {
        let least: Int64 = -1 << Int64(bits - 1)
        let a = operand.unpacked(environment)
        if a.kind == .zero { return 0 }
        guard a.kind == .finite, a.exponent < 64 else {
            environment.raise(.invalid)
            return least
        }
        let result = integerPart(a, rounding)
        // One more is possible below zero.
        guard !result.overflows, result.value <= least.magnitude &- (a.isNegative ? 0 : 1) else {
            environment.raise(.invalid)
            return least
        }
        if result.isInexact { environment.raise(result.isUp ? [.inexact, .roundedUp] : .inexact) }
        return a.isNegative ? 0 &- Int64(bitPattern: result.value) : Int64(bitPattern: result.value)
    }

    /// Rounds to an integer in the same format, as ROUNDPS and FRNDINT do.
    ///
    /// - Parameter isSilent: an inexact result is no exception.
    /// - Parameter findsDenormal: a denormal operand is one; it is none for ROUNDPS.
    @inline(__always)
    static func integral(
        _ operand: Self,
        rounding: Rounding,
        isSilent: Bool,
        findsDenormal: Bool,
        _ environment: inout FloatEnvironment
    ) -> Self {
        let a = operand.unpacked(environment)
        if a.isNaN { return propagated(a, &environment) }
        if a.kind == .zero { return zero(a.isNegative) }
        if a.isDenormal, findsDenormal { environment.raise(.denormal) }
        if a.kind == .infinity || a.exponent >= 63 { return operand }
        let result = integerPart(a, rounding)
        if result.isInexact, !isSilent { environment.raise(result.isUp ? [.inexact, .roundedUp] : .inexact) }
        if result.value == 0 { return zero(a.isNegative) }
        let shift = result.value.leadingZeroBitCount
        return Self(
            isNegative: a.isNegative,
            field: 63 - shift + maximumExponent,
            significand: result.value << UInt64(shift)
        )
    }

    /// The magnitude of a number below 2 to the power of 64, rounded to an integer.
    @inline(__always)
    private static func integerPart(
        _ a: Unpacked,
        _ rounding: Rounding
    ) -> (value: UInt64, overflows: Bool, isInexact: Bool, isUp: Bool) {
        let shifted = shiftedRight(UInt128(a.significand) << 64, by: 63 - a.exponent)
        let whole = UInt64(truncatingIfNeeded: shifted >> 64)
        let half = shifted & 1 << 63 != 0
        let rest = UInt64(truncatingIfNeeded: shifted) << 1 != 0
        let isUp = rounding.increments(isNegative: a.isNegative, isOdd: whole & 1 != 0, half: half, rest: rest)
        let (value, overflows) = whole.addingReportingOverflow(isUp ? 1 : 0)
        return (value, overflows, half || rest, isUp)
    }
}
