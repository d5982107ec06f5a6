extension SoftExtended {
    /// The number of 18 decimal digits that FBLD loads: two in each byte, and the sign in bit 15 of the upper word.
    init(decimal low: UInt64, _ high: UInt16) {
        var value: UInt64 = 0
        var shift: UInt16 = 8
        while shift > 0 {
            shift -= 4
            value = value &* 10 &+ UInt64(high >> shift & 0xF)
        }
        var lowShift: UInt64 = 64
        while lowShift > 0 {
            lowShift -= 4
            value = value &* 10 &+ (low >> lowShift & 0xF)
        }
        let isNegative = high >> 15 != 0
        if value == 0 {
            self = .zero(isNegative)
        } else {
            let shift = value.leadingZeroBitCount
            self.init(
                isNegative: isNegative,
                field: 63 - shift + Self.maximumExponent,
                significand: value << UInt64(shift)
            )
        }
    }

    /// The 18 decimal digits that FBSTP stores: low 8 bytes, then 2.
    func decimal(_ environment: inout FloatEnvironment) -> (low: UInt64, high: UInt16) {
        let before = environment.raised
        let integer = Self.integer(self, bits: 64, rounding: environment.rounding, &environment)
        guard !environment.raised.contains(.invalid), integer.magnitude < 1_000_000_000_000_000_000 else {
            environment.raised = before.union(.invalid)
            return (0xC000_0000_0000_0000, 0xFFFF)
        }
        var rest = integer.magnitude
        var low: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            low |= (rest % 10) << shift
            rest /= 10
            shift += 4
        }
        return (low, UInt16(rest % 10 | (rest / 10) << 4) | (isNegative ? 0x8000 : 0))
    }
}
