/// A significand that was rounded to some of its bits.
struct RoundedSignificand {
    /// Bits that were dropped are 0. Where rounding made it 2, it is 1 and ``carried``.
    var value: UInt64
    var carried: Bool
    var isInexact: Bool
    var isUp: Bool

    /// Rounds a significand of 128 bits, the last of them for all that follow, to 64 bits less some.
    @inline(__always)
    init(_ high: UInt64, _ low: UInt64, dropping count: Int, isNegative: Bool, _ rounding: Rounding) {
        let unit: UInt64 = 1 << UInt64(count)
        let half: Bool
        let rest: Bool
        if count == 0 {
            half = low >> 63 != 0
            rest = low << 1 != 0
        } else {
            half = high & unit >> 1 != 0
            rest = high & (unit >> 1 &- 1) != 0 || low != 0
        }
        isInexact = half || rest
        isUp = rounding.increments(isNegative: isNegative, isOdd: high & unit != 0, half: half, rest: rest)
        (value, carried) = (high & ~(unit &- 1)).addingReportingOverflow(isUp ? unit : 0)
        if carried { value = 1 << 63 }
    }
}

/// Shifts right; the last bit stands for all that were shifted out.
@inline(__always)
func shiftedRight(_ value: UInt128, by count: Int) -> UInt128 {
    guard count < 128 else { return value == 0 ? 0 : 1 }
    let result = value >> UInt128(count)
    return result << UInt128(count) == value ? result : result | 1
}

extension FloatFormat {
    /// Rounds a number to this format, and raises what that makes necessary.
    ///
    /// - Parameter exponent: that of bit 127.
    /// - Parameter significand: with bit 127 set; the last bit stands for all that follow.
    @inline(__always)
    static func rounded(
        isNegative: Bool,
        exponent: Int,
        significand: UInt128,
        _ environment: inout FloatEnvironment,
        precision limit: Int = 64
    ) -> Self {
        let dropped = 64 - min(precision, limit)
        let high = UInt64(truncatingIfNeeded: significand >> 64)
        let low = UInt64(truncatingIfNeeded: significand)
        let normal = RoundedSignificand(high, low, dropping: dropped, isNegative: isNegative, environment.rounding)
        let rounded = normal.carried ? exponent + 1 : exponent
        if exponent < minimumExponent {
            return denormal(isNegative, exponent, significand, normal, dropping: dropped, &environment)
        }
        if rounded > maximumExponent {
            return overflowed(isNegative, rounded, normal, dropping: dropped, &environment)
        }
        if normal.isInexact { environment.raise(normal.isUp ? [.inexact, .roundedUp] : .inexact) }
        return Self(isNegative: isNegative, field: rounded + maximumExponent, significand: normal.value)
    }

    /// What is added to and taken from exponents of results that raise an unmasked exception, in x87.
    private static var wrap: Int { 24576 }

    /// Where no normal number is great enough.
    @inline(never)
    private static func overflowed(
        _ isNegative: Bool,
        _ exponent: Int,
        _ normal: RoundedSignificand,
        dropping count: Int,
        _ environment: inout FloatEnvironment
    ) -> Self {
        environment.raise(.overflow)
        if !environment.masked.contains(.overflow) {
            let field = exponent + maximumExponent - wrap
            if isExtended, field >= topField {
                environment.raise([.inexact, .roundedUp])
                return infinity(isNegative)
            }
            if normal.isInexact { environment.raise(normal.isUp ? [.inexact, .roundedUp] : .inexact) }
            return Self(isNegative: isNegative, field: field, significand: normal.value)
        }
        environment.raise(.inexact)
        let isUp = environment.rounding.increments(isNegative: isNegative, isOdd: true, half: true, rest: true)
        if isUp {
            environment.raise(.roundedUp)
            return infinity(isNegative)
        }
        return Self(isNegative: isNegative, field: topField - 1, significand: ~0 << UInt64(count))
    }

    /// Where no normal number is small enough, or rounding alone makes one.
    @inline(never)
    private static func denormal(
        _ isNegative: Bool,
        _ exponent: Int,
        _ significand: UInt128,
        _ normal: RoundedSignificand,
        dropping count: Int,
        _ environment: inout FloatEnvironment
    ) -> Self {
        // Tininess is found behind rounding, as if exponents had no bound.
        let isTiny = (normal.carried ? exponent + 1 : exponent) < minimumExponent
        if isTiny, !environment.masked.contains(.underflow) {
            environment.raise(.underflow)
            let field = (normal.carried ? exponent + 1 : exponent) + maximumExponent + wrap
            if isExtended, field <= 0 {
                environment.raise(.inexact)
                return zero(isNegative)
            }
            if normal.isInexact { environment.raise(normal.isUp ? [.inexact, .roundedUp] : .inexact) }
            return Self(isNegative: isNegative, field: field, significand: normal.value)
        }
        if isTiny, environment.flushesToZero {
            environment.raise([.underflow, .inexact])
            return zero(isNegative)
        }
        let shifted = shiftedRight(significand, by: minimumExponent - exponent)
        let result = RoundedSignificand(
            UInt64(truncatingIfNeeded: shifted >> 64),
            UInt64(truncatingIfNeeded: shifted),
            dropping: count,
            isNegative: isNegative,
            environment.rounding
        )
        if result.isInexact {
            environment.raise(isTiny ? [.inexact, .underflow] : .inexact)
            if result.isUp { environment.raise(.roundedUp) }
        }
        return Self(isNegative: isNegative, field: result.value >> 63 != 0 ? 1 : 0, significand: result.value)
    }
}
