/// A number as it lies in a register or in memory.
protocol FloatFormat: BitwiseCopyable, Equatable {
    /// Bits of a significand, with the one before the point.
    static var precision: Int { get }
    /// Exponents of the smallest and the greatest normal number.
    static var minimumExponent: Int { get }
    static var maximumExponent: Int { get }
    /// It is that of x87: NaNs, stops and precision are x87's.
    static var isExtended: Bool { get }

    /// Its parts.
    func unpacked(_ environment: FloatEnvironment) -> Unpacked
    /// Composes a number of its fields.
    ///
    /// - Parameter field: the exponent with its bias.
    /// - Parameter significand: with the bit before the point in bit 63; bits that the format has no room for are dropped.
    init(isNegative: Bool, field: Int, significand: UInt64)
}

extension FloatFormat {
    /// The exponent field of infinities and NaNs.
    @inline(__always) static var topField: Int { 2 * maximumExponent + 1 }
    @inline(__always) static func zero(_ isNegative: Bool) -> Self {
        Self(isNegative: isNegative, field: 0, significand: 0)
    }
    @inline(__always) static func infinity(_ isNegative: Bool) -> Self {
        Self(isNegative: isNegative, field: topField, significand: 1 << 63)
    }
    /// What an invalid operation gives: the real indefinite.
    @inline(__always) static var indefinite: Self {
        Self(isNegative: true, field: topField, significand: 3 << 62)
    }
    /// A NaN with the payload of another, quiet.
    @inline(__always) static func quiet(_ number: Unpacked) -> Self {
        Self(isNegative: number.isNegative, field: topField, significand: number.significand | 3 << 62)
    }
    @inline(__always) static var one: Self { Self(isNegative: false, field: maximumExponent, significand: 1 << 63) }
}
