/// Conversions of lanes, each under its mnemonic, of a source and, where lanes of it stay, the destination: Intel SDM vol. 2.
enum PackedConversion {
    static func cvtps2pd(_ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        Vector128(SoftDouble.self) { .converted(b.lane($0, SoftSingle.self), &environment) }
    }

    static func cvtpd2ps(_ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        Vector128(SoftSingle.self) { index in
            index < 2 ? .converted(b.lane(index, SoftDouble.self), &environment) : .zero(false)
        }
    }

    static func cvtss2sd(_ a: Vector128, _ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        var result = a
        result.setLane(0, SoftDouble.converted(b.lane(0, SoftSingle.self), &environment))
        return result
    }

    static func cvtsd2ss(_ a: Vector128, _ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        var result = a
        result.setLane(0, SoftSingle.converted(b.lane(0, SoftDouble.self), &environment))
        return result
    }

    static func cvtdq2ps(_ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        Vector128(SoftSingle.self) { .converted(Int64(b.signedDoublewords[$0]), &environment) }
    }

    /// CVTDQ2PD and CVTPI2PD.
    static func cvtdq2pd(_ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        Vector128(SoftDouble.self) { .converted(Int64(b.signedDoublewords[$0]), &environment) }
    }

    static func cvtpi2ps(_ a: Vector128, _ b: Vector128, _ environment: inout FloatEnvironment) -> Vector128 {
        var result = a
        for index in 0..<2 {
            result.setLane(index, SoftSingle.converted(Int64(b.signedDoublewords[index]), &environment))
        }
        return result
    }

    /// CVTPS2DQ and CVTTPS2DQ, or of two lanes CVTPS2PI and CVTTPS2PI.
    static func integers(
        _ b: Vector128,
        _ environment: inout FloatEnvironment,
        ofSingles count: Int,
        isTruncating: Bool = false
    ) -> Vector128 {
        let rounding = isTruncating ? .towardZero : environment.rounding
        var result = SIMD4<Int32>()
        for index in 0..<count {
            let lane = b.lane(index, SoftSingle.self)
            let number = SoftSingle.integer(lane, bits: 32, rounding: rounding, &environment)
            result[index] = Int32(truncatingIfNeeded: number)
        }
        return Vector128(result)
    }

    /// CVTPD2DQ, CVTTPD2DQ, CVTPD2PI and CVTTPD2PI.
    static func integersOfDoubles(
        _ b: Vector128,
        _ environment: inout FloatEnvironment,
        isTruncating: Bool = false
    ) -> Vector128 {
        let rounding = isTruncating ? .towardZero : environment.rounding
        var result = SIMD4<Int32>()
        for index in 0..<2 {
            let lane = b.lane(index, SoftDouble.self)
            let number = SoftDouble.integer(lane, bits: 32, rounding: rounding, &environment)
            result[index] = Int32(truncatingIfNeeded: number)
        }
        return Vector128(result)
    }
}
