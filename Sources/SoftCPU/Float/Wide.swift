/// A number with 128 bits of significand, in which transcendental functions are evaluated before the result is rounded.
///
/// Operations drop what does not fit, but the last bit stands for all that follow: a result is never exact that should not be.
struct Wide: BitwiseCopyable {
    var isNegative: Bool
    /// Of bit 127.
    var exponent: Int
    /// With bit 127 set, or 0.
    var significand: UInt128

    init(isNegative: Bool = false, exponent: Int, significand: UInt128) {
        self.isNegative = isNegative
        self.exponent = exponent
        self.significand = significand
    }

    /// A finite number or zero.
    init(_ number: Unpacked) {
        self.init(
            isNegative: number.isNegative,
            exponent: number.exponent,
            significand: UInt128(number.kind == .zero ? 0 : number.significand) << 64
        )
    }

    init(_ integer: Int) {
        self.init(normalising: UInt128(integer.magnitude), exponent: 127, isNegative: integer < 0)
    }

    /// A number whose significand may have zeros in front.
    init(normalising significand: UInt128, exponent: Int, isNegative: Bool) {
        let shift = significand.leadingZeroBitCount
        self.init(
            isNegative: isNegative,
            exponent: significand == 0 ? 0 : exponent - shift,
            significand: significand == 0 ? 0 : significand << UInt128(shift)
        )
    }

    static let one = Wide(exponent: 0, significand: 1 << 127)

    var isZero: Bool { significand == 0 }

    /// Rounded to 80 bits. All results are taken for inexact, as processors do it, so that a denormal one is an underflow.
    func rounded(_ environment: inout FloatEnvironment) -> SoftExtended {
        environment.raise(.inexact)
        if isZero { return .zero(isNegative) }
        let result = SoftExtended.rounded(
            isNegative: isNegative,
            exponent: exponent,
            significand: significand,
            &environment
        )
        if result.field == 0 { environment.raise(.underflow) }
        return result
    }

    static prefix func - (number: Wide) -> Wide {
        Wide(isNegative: !number.isNegative, exponent: number.exponent, significand: number.significand)
    }

    static func + (left: Wide, right: Wide) -> Wide {
        if left.isZero { return right }
        if right.isZero { return left }
        let isSwapped =
            left.exponent < right.exponent
            || (left.exponent == right.exponent && left.significand < right.significand)
        let great = isSwapped ? right : left
        let small = isSwapped ? left : right
        let shifted = shiftedRight(small.significand, by: great.exponent - small.exponent)
        if great.isNegative == small.isNegative {
            let (sum, carries) = great.significand.addingReportingOverflow(shifted)
            return carries
                ? Wide(
                    isNegative: great.isNegative,
                    exponent: great.exponent + 1,
                    significand: shiftedRight(sum, by: 1) | 1 << 127
                )
                : Wide(isNegative: great.isNegative, exponent: great.exponent, significand: sum)
        }
        return Wide(
            normalising: great.significand - shifted,
            exponent: great.exponent,
            isNegative: great.isNegative
        )
    }

    static func - (left: Wide, right: Wide) -> Wide { left + -right }

    static func * (left: Wide, right: Wide) -> Wide {
        if left.isZero || right.isZero {
            return Wide(isNegative: left.isNegative != right.isNegative, exponent: 0, significand: 0)
        }
        let (high, low) = left.significand.multipliedFullWidth(by: right.significand)
        let isLong = high >> 127 != 0
        let significand = isLong ? high : high << 1 | low >> 127
        let rest = isLong ? low : low << 1
        return Wide(
            isNegative: left.isNegative != right.isNegative,
            exponent: left.exponent + right.exponent + (isLong ? 1 : 0),
            significand: significand | (rest != 0 ? 1 : 0)
        )
    }

    /// Divides by a small number.
    static func / (left: Wide, right: Int) -> Wide {
        let (quotient, remainder) = left.significand.quotientAndRemainder(dividingBy: UInt128(right))
        return Wide(
            normalising: quotient | (remainder != 0 ? 1 : 0),
            exponent: left.exponent,
            isNegative: left.isNegative
        )
    }

    /// Divides; the divisor is not zero.
    static func / (left: Wide, right: Wide) -> Wide {
        let isNegative = left.isNegative != right.isNegative
        if left.isZero { return Wide(isNegative: isNegative, exponent: 0, significand: 0) }
        // The highest bit of the rest may be one more than there is room for.
        var rest = left.significand
        var quotient: UInt128 = 0
        var isLonger = false
        let isSmaller = rest < right.significand
        if isSmaller {
            isLonger = rest >> 127 != 0
            rest <<= 1
        }
        for turn in 0..<128 {
            quotient <<= 1
            if isLonger || rest >= right.significand {
                rest &-= right.significand
                quotient |= 1
            }
            if turn < 127 {
                isLonger = rest >> 127 != 0
                rest <<= 1
            }
        }
        return Wide(
            isNegative: isNegative,
            exponent: left.exponent - right.exponent - (isSmaller ? 1 : 0),
            significand: quotient | (rest != 0 ? 1 : 0)
        )
    }
}
