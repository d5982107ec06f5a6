/// Instructions on floating-point lanes whose lanes cross, or that estimate, each under its mnemonic: Intel SDM vol. 2.
enum PackedFloat {
    /// Differences of even lanes, sums of odd ones: ADDSUBPS and ADDSUBPD.
    @inline(__always)
    static func addsub<F: LaneFormat>(
        _ a: Vector128,
        _ b: Vector128,
        _ environment: inout FloatEnvironment,
        _: F.Type
    ) -> Vector128 {
        Vector128(F.self) { index in
            index & 1 == 0
                ? F.difference(a.lane(index), b.lane(index), &environment)
                : F.sum(a.lane(index), b.lane(index), &environment)
        }
    }

    /// What a function makes of neighbours: those of a below, those of b above.
    @inline(__always)
    static func horizontal<F: LaneFormat>(
        _ a: Vector128,
        _ b: Vector128,
        _ environment: inout FloatEnvironment,
        _ function: (F, F, inout FloatEnvironment) -> F
    ) -> Vector128 {
        let half = F.laneCount / 2
        return Vector128(F.self) { index in
            let from = index < half ? a : b
            let place = 2 * (index % half)
            return function(from.lane(place), from.lane(place + 1), &environment)
        }
    }

    /// DPPS and DPPD: the sum of the products that bits 4 to 7 of the control choose, in the lanes that bits 0 to 3 choose.
    ///
    /// An exception that is not masked keeps those of later steps from being found.
    @inline(__always)
    static func dotProduct<F: LaneFormat>(
        _ a: Vector128,
        _ b: Vector128,
        _ control: UInt8,
        _ environment: inout FloatEnvironment,
        _: F.Type
    ) -> Vector128 {
        let products = Vector128(F.self) { index in
            control >> UInt8(4 + index) & 1 != 0
                ? F.product(a.lane(index), b.lane(index), &environment) : F.zero(false)
        }
        guard !environment.isUnmasked else { return a }
        environment.endStep()
        // Each lane with its neighbour, then with the other pair.
        let isByLane = environment.quirks.contains(.dotProductsByLane)
        let isPair = F.laneCount == 2
        let pairs = Vector128(F.self) { index in
            let first = isByLane ? (isPair ? index : index ^ 1) : index & 2
            return F.sum(products.lane(first), products.lane(first ^ 1), &environment)
        }
        guard !environment.isUnmasked else { return a }
        var sums = pairs
        if !isPair {
            environment.endStep()
            sums = Vector128(F.self) { index in
                let first = isByLane ? index : 0
                return F.sum(pairs.lane(first), pairs.lane(first ^ 2), &environment)
            }
        }
        return Vector128(F.self) { control >> UInt8($0) & 1 != 0 ? sums.lane($0) : F.zero(false) }
    }

    /// Estimates of all lanes.
    static func rcpps(_: Vector128, _ b: Vector128, _ quirks: Quirks) -> Vector128 {
        Vector128(SoftSingle.self) { b.lane($0, SoftSingle.self).reciprocal(quirks) }
    }
    static func rsqrtps(_: Vector128, _ b: Vector128, _ quirks: Quirks) -> Vector128 {
        Vector128(SoftSingle.self) { b.lane($0, SoftSingle.self).reciprocalSquareRoot(quirks) }
    }
    /// The estimate of the lowest lane of b, and the other lanes of a.
    static func rcpss(_ a: Vector128, _ b: Vector128, _ quirks: Quirks) -> Vector128 {
        var result = a
        result.setLane(0, b.lane(0, SoftSingle.self).reciprocal(quirks))
        return result
    }
    static func rsqrtss(_ a: Vector128, _ b: Vector128, _ quirks: Quirks) -> Vector128 {
        var result = a
        result.setLane(0, b.lane(0, SoftSingle.self).reciprocalSquareRoot(quirks))
        return result
    }
}
