extension SoftExtended {
    /// Multiplies by 2 to the power of an integer, as FSCALE does.
    static func scaled(
        _ left: SoftExtended,
        by right: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> SoftExtended {
        let a = left.unpacked
        let b = right.unpacked
        if a.isNaN || b.isNaN { return propagated(a, b, &environment) }
        if b.kind == .infinity {
            if a.kind == (b.isNegative ? .infinity : .zero) { return invalid(&environment) }
            if a.isDenormal { environment.raise(.denormal) }
            return b.isNegative ? zero(a.isNegative) : infinity(a.isNegative)
        }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        if a.kind != .finite { return left }
        if b.kind == .zero, environment.quirks.contains(.denormalsPass) { return left.normalized }
        var power = 0
        if b.kind == .finite, b.exponent >= 0 {
            // More than this is beyond every bound.
            power = b.exponent > 16 ? 1 << 17 : Int(b.significand >> UInt64(63 - b.exponent))
        }
        return exact(a.isNegative, a.exponent + (b.isNegative ? -power : power), a.significand, &environment)
    }

    /// Takes a number apart into exponent and significand, as FXTRACT does.
    static func extracted(
        _ operand: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> (exponent: SoftExtended, significand: SoftExtended) {
        let a = operand.unpacked
        switch a.kind {
        case .quiet, .signalling, .unsupported:
            let result = propagated(a, &environment)
            return (result, result)
        case .infinity: return (infinity(false), operand)
        case .zero:
            environment.raise(.divideByZero)
            return (infinity(true), operand)
        case .finite:
            if a.isDenormal { environment.raise(.denormal) }
            return (
                converted(Int64(a.exponent), &environment),
                SoftExtended(isNegative: a.isNegative, field: maximumExponent, significand: a.significand)
            )
        }
    }
}
