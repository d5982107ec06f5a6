extension FloatFormat {
    /// The result of an operation with a NaN, or with something that is no number (Intel SDM vol. 1, table 4-7).
    @inline(never)
    static func propagated(_ left: Unpacked, _ right: Unpacked, _ environment: inout FloatEnvironment) -> Self {
        if left.isInvalid || right.isInvalid { environment.raise(.invalid) }
        if left.kind == .unsupported || right.kind == .unsupported { return indefinite }
        guard isExtended, left.isNaN, right.isNaN else { return quiet(left.isNaN ? left : right) }
        // Of a quiet and a signalling one x87 takes the quiet one, of others that with the greater significand.
        if left.kind != right.kind { return quiet(left.kind == .quiet ? left : right) }
        if left.significand != right.significand { return quiet(left.significand > right.significand ? left : right) }
        return quiet(left.isNegative ? right : left)
    }

    /// The result of an operation with one operand that is a NaN.
    @inline(never)
    static func propagated(_ number: Unpacked, _ environment: inout FloatEnvironment) -> Self {
        if number.isInvalid { environment.raise(.invalid) }
        return number.kind == .unsupported ? indefinite : quiet(number)
    }

    /// The result of an invalid operation.
    @inline(__always)
    static func invalid(_ environment: inout FloatEnvironment) -> Self {
        environment.raise(.invalid)
        return indefinite
    }
}
