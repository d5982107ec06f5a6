/// A number of 80 bits, 64 of them significand: what x87 registers hold.
struct SoftExtended: FloatFormat {
    /// With the bit before the point.
    var significand: UInt64
    /// The sign in bit 15, below it the exponent with its bias of 16383.
    var signAndExponent: UInt16

    @inline(__always)
    init(significand: UInt64, signAndExponent: UInt16) {
        self.significand = significand
        self.signAndExponent = signAndExponent
    }

    static var precision: Int { @inline(__always) get { 64 } }
    static var minimumExponent: Int { @inline(__always) get { -16382 } }
    static var maximumExponent: Int { @inline(__always) get { 16383 } }
    static var isExtended: Bool { @inline(__always) get { true } }

    @inline(__always)
    init(isNegative: Bool, field: Int, significand: UInt64) {
        self.significand = significand
        signAndExponent = (isNegative ? 1 << 15 : 0) | UInt16(truncatingIfNeeded: field)
    }

    var isNegative: Bool { @inline(__always) get { signAndExponent >> 15 != 0 } }
    var field: Int { @inline(__always) get { Int(signAndExponent & 0x7FFF) } }

    /// The same number; a denormal with its bit before the point set becomes the normal number that it is.
    var normalized: SoftExtended {
        field == 0 && significand >> 63 != 0
            ? SoftExtended(isNegative: isNegative, field: 1, significand: significand) : self
    }

    @inline(__always)
    func unpacked(_ environment: FloatEnvironment) -> Unpacked { unpacked }

    /// Its parts; a denormal with its bit before the point set is one nevertheless.
    @inline(__always)
    var unpacked: Unpacked {
        if field == 0 {
            if significand == 0 { return Unpacked(kind: .zero, isNegative: isNegative) }
            let shift = significand.leadingZeroBitCount
            return Unpacked(
                kind: .finite,
                isNegative: isNegative,
                isDenormal: true,
                exponent: Self.minimumExponent - shift,
                significand: significand << UInt64(shift)
            )
        }
        let kind: Unpacked.Kind
        if significand >> 63 == 0 {
            kind = .unsupported
        } else if field != Self.topField {
            kind = .finite
        } else {
            kind = significand << 1 == 0 ? .infinity : significand >> 62 == 3 ? .quiet : .signalling
        }
        return Unpacked(
            kind: kind,
            isNegative: isNegative,
            exponent: field - Self.maximumExponent,
            significand: significand
        )
    }
}
