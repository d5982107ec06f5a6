extension FloatFormat {
    /// Compares.
    ///
    /// - Parameter isSignalling: a quiet NaN is invalid too, as for COMISS and FCOM but not for UCOMISS and FUCOM.
    @inline(__always)
    static func compare(
        _ left: Self,
        _ right: Self,
        isSignalling: Bool,
        _ environment: inout FloatEnvironment
    ) -> FloatRelation {
        let a = left.unpacked(environment)
        let b = right.unpacked(environment)
        if a.isNaN || b.isNaN {
            if isSignalling || a.isInvalid || b.isInvalid { environment.raise(.invalid) }
            return .unordered
        }
        if a.isDenormal || b.isDenormal { environment.raise(.denormal) }
        if a.kind == .zero, b.kind == .zero { return .equal }
        if a.kind == .zero { return b.isNegative ? .greater : .less }
        if b.kind == .zero { return a.isNegative ? .less : .greater }
        if a.isNegative != b.isNegative { return a.isNegative ? .less : .greater }
        if a.kind == .infinity || b.kind == .infinity {
            if a.kind == b.kind { return .equal }
            return (a.kind == .infinity) == a.isNegative ? .less : .greater
        }
        if a.exponent == b.exponent, a.significand == b.significand { return .equal }
        let isSmaller = a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)
        return isSmaller != a.isNegative ? .less : .greater
    }

    /// Whether a predicate of CMPPS holds: 0 to 7 for EQ, LT, LE, UNORD and their opposites.
    @inline(__always)
    static func holds(
        _ predicate: UInt8,
        _ left: Self,
        _ right: Self,
        _ environment: inout FloatEnvironment
    ) -> Bool {
        let isSignalling = predicate & 3 == 1 || predicate & 3 == 2
        let relation = compare(left, right, isSignalling: isSignalling, &environment)
        let holds =
            switch predicate & 3 {
            case 0: relation == .equal
            case 1: relation == .less
            case 2: relation == .less || relation == .equal
            default: relation == .unordered
            }
        return holds != (predicate & 4 != 0)
    }

    /// The smaller one, as MINPS has it: the second if they are equal or a NaN is among them.
    @inline(__always)
    static func minimum(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        let relation = compare(left, right, isSignalling: true, &environment)
        return (relation == .less ? left : right).withoutDenormal(environment)
    }

    /// The greater one, as MAXPS has it: the second if they are equal or a NaN is among them.
    @inline(__always)
    static func maximum(_ left: Self, _ right: Self, _ environment: inout FloatEnvironment) -> Self {
        let relation = compare(left, right, isSignalling: true, &environment)
        return (relation == .greater ? left : right).withoutDenormal(environment)
    }

    /// The number, or the zero that it is taken for.
    @inline(__always)
    private func withoutDenormal(_ environment: FloatEnvironment) -> Self {
        guard environment.treatsDenormalsAsZero else { return self }
        let number = unpacked(environment)
        return number.kind == .zero ? Self.zero(number.isNegative) : self
    }
}
