/// A number of 64 bits, 53 of them significand.
struct SoftDouble: FloatFormat {
    var bits: UInt64

    @inline(__always) init(bits: UInt64) { self.bits = bits }

    static var precision: Int { @inline(__always) get { 53 } }
    static var minimumExponent: Int { @inline(__always) get { -1022 } }
    static var maximumExponent: Int { @inline(__always) get { 1023 } }
    static var isExtended: Bool { @inline(__always) get { false } }

    @inline(__always)
    init(isNegative: Bool, field: Int, significand: UInt64) {
        let fraction = significand >> 11 & 0xF_FFFF_FFFF_FFFF
        bits = (isNegative ? 1 << 63 : 0) | UInt64(truncatingIfNeeded: field) << 52 | fraction
    }

    @inline(__always)
    func unpacked(_ environment: FloatEnvironment) -> Unpacked {
        unpack(
            isNegative: bits >> 63 != 0,
            field: Int(bits >> 52 & 0x7FF),
            fraction: (bits & 0xF_FFFF_FFFF_FFFF) << 11,
            SoftDouble.self,
            environment
        )
    }
}
