extension SoftExtended {
    /// Whether FSIN, FCOS, FSINCOS and FPTAN leave an operand alone and set C2.
    var isBeyondReduction: Bool {
        let x = unpacked
        return x.kind == .finite && x.exponent >= 63
    }

    /// Sine and cosine as FSIN, FCOS and FSINCOS have them; the operand is not ``isBeyondReduction``.
    static func sineAndCosine(
        _ operand: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> (sine: SoftExtended, cosine: SoftExtended) {
        let x = operand.unpacked
        if let result = trivial(x, &environment) { return (result, x.kind == .zero ? one : result) }
        let (sine, cosine) = reduced(x)
        var second = environment
        let first = sine.rounded(&environment)
        let other = cosine.rounded(&second)
        environment.raise(second.raised.subtracting(.roundedUp))
        return (first, other)
    }

    /// The cosine alone: C1 is that of its rounding.
    static func cosine(_ operand: SoftExtended, _ environment: inout FloatEnvironment) -> SoftExtended {
        let x = operand.unpacked
        if let result = trivial(x, &environment) { return x.kind == .zero ? one : result }
        return reduced(x).cosine.rounded(&environment)
    }

    /// The sine alone.
    static func sine(_ operand: SoftExtended, _ environment: inout FloatEnvironment) -> SoftExtended {
        let x = operand.unpacked
        if let result = trivial(x, &environment) { return result }
        return reduced(x).sine.rounded(&environment)
    }

    /// The tangent as FPTAN has it.
    static func tangent(_ operand: SoftExtended, _ environment: inout FloatEnvironment) -> SoftExtended {
        let x = operand.unpacked
        if let result = trivial(x, &environment) { return result }
        let (sine, cosine) = reduced(x)
        return (sine / cosine).rounded(&environment)
    }

    /// What needs no computation, and the exceptions of all.
    private static func trivial(_ x: Unpacked, _ environment: inout FloatEnvironment) -> SoftExtended? {
        if x.isNaN { return propagated(x, &environment) }
        if x.kind == .infinity { return invalid(&environment) }
        if x.kind == .zero { return zero(x.isNegative) }
        if x.isDenormal { environment.raise(.denormal) }
        return nil
    }

    /// Sine and cosine, by what is left of a division by half of pi, which has 66 bits here as in the processor.
    private static func reduced(_ x: Unpacked) -> (sine: Wide, cosine: Wide) {
        // In units of 2 to the power of -65, of which pi by 2 has 66 bits.
        let quarter: UInt128 = 0x3_243F_6A88_85A3_08D3
        var quotient = 0
        var rest = Wide(x)
        rest.isNegative = false
        if x.exponent >= -1 {
            // The significand times 2 to the power of exponent + 2, bit for bit.
            var remainder: UInt128 = 0
            var bit = 63
            while bit >= -(x.exponent + 2) {
                remainder = remainder << 1 | (bit >= 0 ? UInt128(x.significand >> UInt64(bit)) & 1 : 0)
                quotient = quotient << 1 & 7
                if remainder >= quarter {
                    remainder -= quarter
                    quotient |= 1
                }
                bit -= 1
            }
            rest = Wide(normalising: remainder, exponent: 62, isNegative: false)
            if remainder << 1 > quarter {
                rest = Wide(normalising: quarter - remainder, exponent: 62, isNegative: true)
                quotient += 1
            }
        }
        let (sine, cosine) = rest.sineAndCosine
        let results: (sine: Wide, cosine: Wide) =
            switch quotient & 3 {
            case 0: (sine, cosine)
            case 1: (cosine, -sine)
            case 2: (-sine, -cosine)
            default: (-cosine, sine)
            }
        return (x.isNegative ? -results.sine : results.sine, results.cosine)
    }

    /// Arc tangent of a quotient, in its quadrant, as FPATAN has it.
    ///
    /// - Parameter y: ST(1); the result has its sign.
    /// - Parameter x: ST(0).
    static func arcTangent(
        _ y: SoftExtended,
        by x: SoftExtended,
        _ environment: inout FloatEnvironment
    ) -> SoftExtended {
        let a = y.unpacked
        let b = x.unpacked
        if a.isNaN || b.isNaN { return propagated(b, a, &environment) }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        if a.kind == .zero || (b.kind == .infinity && a.kind != .infinity) {
            if !b.isNegative { return zero(a.isNegative) }
            return signed(.pi, a.isNegative).rounded(&environment)
        }
        if b.kind == .zero || (a.kind == .infinity && b.kind != .infinity) {
            return signed(scaled(.pi, -1), a.isNegative).rounded(&environment)
        }
        let angle: Wide
        if a.kind == .infinity {
            angle = scaled(.pi, -2)
        } else {
            let height = signed(Wide(a), false)
            let width = signed(Wide(b), false)
            let isSteep =
                a.exponent > b.exponent || (a.exponent == b.exponent && a.significand > b.significand)
            angle = isSteep ? scaled(.pi, -1) - (width / height).arcTangent : (height / width).arcTangent
        }
        return signed(b.isNegative ? .pi - angle : angle, a.isNegative).rounded(&environment)
    }

    private static func signed(_ number: Wide, _ isNegative: Bool) -> Wide {
        Wide(isNegative: isNegative, exponent: number.exponent, significand: number.significand)
    }

    private static func scaled(_ number: Wide, _ power: Int) -> Wide {
        Wide(isNegative: number.isNegative, exponent: number.exponent + power, significand: number.significand)
    }
}
