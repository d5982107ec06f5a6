/// What an instruction computes of two floating-point lanes.
protocol FloatOperation {
    /// Of a lane of the destination and one of the source; a control byte is the immediate operand.
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _ control: UInt8, _ environment: inout FloatEnvironment)
        -> F
    /// The same by the host, rounded to nearest; nil for what the host does not compute alike everywhere.
    static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H?
}

extension FloatOperation {
    @inline(__always) static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H? { nil }
}

enum FloatSum: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.sum(left, right, &environment)
    }
    @inline(__always) static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H? { left + right }
}

enum FloatDifference: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.difference(left, right, &environment)
    }
    @inline(__always) static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H? { left - right }
}

enum FloatProduct: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.product(left, right, &environment)
    }
    @inline(__always) static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H? { left * right }
}

enum FloatQuotient: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.quotient(left, right, &environment)
    }
    @inline(__always) static func host<H: BinaryFloatingPoint>(_ left: H, _ right: H) -> H? { left / right }
}

enum FloatMinimum: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.minimum(left, right, &environment)
    }
}

enum FloatMaximum: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_ left: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.maximum(left, right, &environment)
    }
}

enum FloatRoot: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(_: F, _ right: F, _: UInt8, _ environment: inout FloatEnvironment) -> F {
        F.squareRoot(right, &environment)
    }
    @inline(__always) static func host<H: BinaryFloatingPoint>(_: H, _ right: H) -> H? { right.squareRoot() }
}

/// CMPPS and its kin: ones where a predicate holds.
enum FloatPredicate: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(
        _ left: F,
        _ right: F,
        _ control: UInt8,
        _ environment: inout FloatEnvironment
    ) -> F {
        F(bits: F.holds(control & 7, left, right, &environment) ? ~0 : 0)
    }
}

/// ROUNDPS and its kin.
enum FloatIntegral: FloatOperation {
    @inline(__always)
    static func compute<F: LaneFormat>(
        _: F,
        _ right: F,
        _ control: UInt8,
        _ environment: inout FloatEnvironment
    ) -> F {
        F.integral(
            right,
            rounding: control & 4 != 0 ? environment.rounding : Rounding(rawValue: control & 3) ?? .nearest,
            isSilent: control & 8 != 0,
            findsDenormal: false,
            &environment
        )
    }
}
