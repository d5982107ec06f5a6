/// A number of 32 bits, 24 of them significand.
struct SoftSingle: FloatFormat {
    var bits: UInt32

    @inline(__always) init(bits: UInt32) { self.bits = bits }

    static var precision: Int { @inline(__always) get { 24 } }
    static var minimumExponent: Int { @inline(__always) get { -126 } }
    static var maximumExponent: Int { @inline(__always) get { 127 } }
    static var isExtended: Bool { @inline(__always) get { false } }

    @inline(__always)
    init(isNegative: Bool, field: Int, significand: UInt64) {
        let fraction = UInt32(truncatingIfNeeded: significand >> 40) & 0x7F_FFFF
        bits = (isNegative ? 1 << 31 : 0) | UInt32(truncatingIfNeeded: field) << 23 | fraction
    }

    @inline(__always)
    func unpacked(_ environment: FloatEnvironment) -> Unpacked {
        unpack(
            isNegative: bits >> 31 != 0,
            field: Int(bits >> 23 & 0xFF),
            fraction: UInt64(bits & 0x7F_FFFF) << 40,
            SoftSingle.self,
            environment
        )
    }
}

/// The parts of a number whose bit before the point is not stored.
@inline(__always)
func unpack<F: FloatFormat>(
    isNegative: Bool,
    field: Int,
    fraction: UInt64,
    _: F.Type,
    _ environment: FloatEnvironment
) -> Unpacked {
    if field == F.topField {
        let kind: Unpacked.Kind = fraction == 0 ? .infinity : fraction >> 62 != 0 ? .quiet : .signalling
        return Unpacked(kind: kind, isNegative: isNegative, significand: fraction | 1 << 63)
    }
    if field != 0 {
        return Unpacked(
            kind: .finite,
            isNegative: isNegative,
            exponent: field - F.maximumExponent,
            significand: fraction | 1 << 63
        )
    }
    if fraction == 0 || environment.treatsDenormalsAsZero { return Unpacked(kind: .zero, isNegative: isNegative) }
    let shift = fraction.leadingZeroBitCount
    return Unpacked(
        kind: .finite,
        isNegative: isNegative,
        isDenormal: true,
        exponent: F.minimumExponent - shift,
        significand: fraction << UInt64(shift)
    )
}
