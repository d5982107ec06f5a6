/// PCLMULQDQ.
enum Carryless {
    /// The product of two polynomials over GF(2): the halves of a and b that bits 0 and 4 of the control name.
    static func pclmulqdq(_ a: Vector128, _ b: Vector128, _ control: UInt8) -> Vector128 {
        let left = UInt128(control & 1 != 0 ? a.high : a.low)
        var right = control & 16 != 0 ? b.high : b.low
        var product: UInt128 = 0
        while right != 0 {
            product ^= left << UInt128(right.trailingZeroBitCount)
            right &= right &- 1
        }
        return Vector128(whole: product)
    }
}
