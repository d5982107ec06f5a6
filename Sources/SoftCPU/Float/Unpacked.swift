/// A number in parts, with the same meaning for all formats.
struct Unpacked: BitwiseCopyable {
    enum Kind: UInt8 { case zero, finite, infinity, quiet, signalling, unsupported }

    var kind: Kind
    var isNegative: Bool
    /// It was denormal; ``significand`` is normalised nevertheless.
    var isDenormal = false
    /// Of the bit 63 of the significand.
    var exponent = 0
    /// With bit 63 set where the number is finite; the payload of a NaN, from bit 62 downwards.
    var significand: UInt64 = 0

    @inline(__always) var isNaN: Bool { kind.rawValue >= Kind.quiet.rawValue }
    /// It makes any operation invalid.
    @inline(__always) var isInvalid: Bool { kind.rawValue >= Kind.signalling.rawValue }
    /// Neither zero nor a finite number.
    @inline(__always) var isSpecial: Bool { kind.rawValue >= Kind.infinity.rawValue }
}
