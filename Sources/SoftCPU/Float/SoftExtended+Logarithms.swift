extension SoftExtended {
    /// 2 to the power of a number, less 1, as F2XM1 has it. Numbers beyond -1 and 1 are left alone, as AMD does it.
    static func exponentialLess1(_ operand: SoftExtended, _ environment: inout FloatEnvironment) -> SoftExtended {
        let x = operand.unpacked
        if x.isNaN { return propagated(x, &environment) }
        if x.kind == .infinity { return x.isNegative ? negated(one) : operand }
        if x.kind == .zero { return operand }
        if x.isDenormal { environment.raise(.denormal) }
        if x.exponent >= 0 {
            environment.raise(.inexact)
            return x.isNegative && x.exponent == 0 && x.significand == 1 << 63
                ? SoftExtended(isNegative: true, field: maximumExponent - 1, significand: 1 << 63) : operand
        }
        return Wide(x).exponentialLess1.rounded(&environment)
    }

    /// A factor times the logarithm to base 2 of a number, as FYL2X has it.
    static func logarithm(
        _ operand: SoftExtended,
        times factor: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> SoftExtended {
        let x = operand.unpacked
        let y = factor.unpacked
        if x.isNaN || y.isNaN { return propagated(x, y, &environment) }
        if x.isNegative, x.kind != .zero { return invalid(&environment) }
        if x.kind == .zero {
            if y.kind == .zero { return invalid(&environment) }
            if y.kind == .finite { environment.raise(.divideByZero) }
            return infinity(!y.isNegative)
        }
        let isOne = operand == one
        if y.kind == .zero && x.kind == .infinity || y.kind == .infinity && isOne { return invalid(&environment) }
        if x.isDenormal || y.isDenormal { environment.raise(.denormal) }
        let isBelowOne = x.exponent < 0 && x.kind == .finite
        if x.kind == .infinity || y.kind == .infinity { return infinity(y.isNegative != isBelowOne) }
        if y.kind == .zero || isOne { return zero(y.isNegative != isBelowOne) }
        return (Wide(y) * Wide(x).logarithm).rounded(&environment)
    }

    /// A factor times the logarithm to base 2 of a number and 1, as FYL2XP1 has it.
    static func logarithmOf1More(
        _ operand: SoftExtended,
        times factor: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> SoftExtended {
        let x = operand.unpacked
        let y = factor.unpacked
        if x.isNaN || y.isNaN { return propagated(x, y, &environment) }
        let isNegative = x.isNegative != y.isNegative
        if x.kind == .zero && y.kind == .infinity || x.kind == .infinity && (x.isNegative || y.kind == .zero) {
            return invalid(&environment)
        }
        if x.isDenormal || y.isDenormal { environment.raise(.denormal) }
        if x.kind == .infinity || y.kind == .infinity { return infinity(isNegative) }
        if x.kind == .zero || y.kind == .zero { return zero(isNegative) }
        if x.isNegative, x.exponent >= 0 {
            // Below the range; AMD leaves the operand.
            environment.raise(.inexact)
            return operand
        }
        return (Wide(y) * Wide(x).logarithmOf1More).rounded(&environment)
    }

    /// A number with the other sign.
    static func negated(_ number: SoftExtended) -> SoftExtended {
        SoftExtended(significand: number.significand, signAndExponent: number.signAndExponent ^ 0x8000)
    }
}
