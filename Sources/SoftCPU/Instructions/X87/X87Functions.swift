internal import CZydis

/// FSQRT, FRNDINT, FSCALE, FPREM, FPREM1, FXTRACT, and the transcendental functions.
enum X87Functions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        let handlers: [(ZydisMnemonic, Handler)] = [
            (ZYDIS_MNEMONIC_FSQRT, squareRoot), (ZYDIS_MNEMONIC_FRNDINT, integral),
            (ZYDIS_MNEMONIC_F2XM1, exponential), (ZYDIS_MNEMONIC_FSCALE, scale), (ZYDIS_MNEMONIC_FPREM, remainder),
            (ZYDIS_MNEMONIC_FPREM1, remainderToNearest), (ZYDIS_MNEMONIC_FXTRACT, extract),
            (ZYDIS_MNEMONIC_FSIN, sine), (ZYDIS_MNEMONIC_FCOS, cosine), (ZYDIS_MNEMONIC_FSINCOS, sineAndCosine),
            (ZYDIS_MNEMONIC_FPTAN, tangent),
        ]
        for (mnemonic, handler) in handlers { table[mnemonic] = { $0.emitX87(handler, source: 1) } }
        let popping: [(ZydisMnemonic, Handler)] = [
            (ZYDIS_MNEMONIC_FYL2X, logarithm), (ZYDIS_MNEMONIC_FYL2XP1, logarithmOf1More),
            (ZYDIS_MNEMONIC_FPATAN, arcTangent),
        ]
        for (mnemonic, handler) in popping {
            table[mnemonic] = { $0.emitX87(handler, destination: 1, pops: 1) }
        }
    }
}

private let squareRoot: Handler = { replace($0, $1) { SoftExtended.squareRoot($0, &$1) } }
private let integral: Handler = {
    replace($0, $1) {
        SoftExtended.integral($0, rounding: $1.rounding, isSilent: false, findsDenormal: true, &$1)
    }
}
private let exponential: Handler = { replace($0, $1) { SoftExtended.exponentialLess1($0, &$1) } }
private let sine: Handler = { replaceIfReduced($0, $1) { SoftExtended.sine($0, &$1) } }
private let cosine: Handler = { replaceIfReduced($0, $1) { SoftExtended.cosine($0, &$1) } }

/// A function of ST(0).
@inline(__always)
private func replace(
    _ state: UInt,
    _ operation: UInt,
    _ function: (SoftExtended, inout FloatEnvironment) -> SoftExtended
) {
    executeX87(state, operation) { cpu, _, environment in
        var result = SoftExtended.indefinite
        if cpu.state.vector.isUsed(0) {
            result = function(cpu.state.vector[st: 0], &environment)
        } else {
            environment.raise(.stackUnderflow)
        }
        if !environment.isStopped { cpu.state.vector[st: 0] = result }
    }
}

/// A function of an angle, which sets C2 and leaves an operand that is too great.
@inline(__always)
private func replaceIfReduced(
    _ state: UInt,
    _ operation: UInt,
    _ function: (SoftExtended, inout FloatEnvironment) -> SoftExtended
) {
    executeX87(state, operation) { cpu, _, environment in
        var result = SoftExtended.indefinite
        var codes: UInt16 = 0
        if !cpu.state.vector.isUsed(0) {
            environment.raise(.stackUnderflow)
        } else if cpu.state.vector[st: 0].isBeyondReduction {
            codes = X87Status.c2
            result = cpu.state.vector[st: 0]
        } else {
            result = function(cpu.state.vector[st: 0], &environment)
        }
        cpu.state.vector.setConditions(codes, of: X87Status.c2)
        if !environment.isStopped { cpu.state.vector[st: 0] = result }
    }
}

private let logarithm: Handler = { combine($0, $1) { SoftExtended.logarithm($0, times: $1, &$2) } }
private let logarithmOf1More: Handler = { combine($0, $1) { SoftExtended.logarithmOf1More($0, times: $1, &$2) } }
private let arcTangent: Handler = { combine($0, $1) { SoftExtended.arcTangent($1, by: $0, &$2) } }
private let scale: Handler = { combine($0, $1) { SoftExtended.scaled($0, by: $1, &$2) } }

/// A function of ST(0) and ST(1); the result replaces either.
@inline(__always)
private func combine(
    _ state: UInt,
    _ operation: UInt,
    _ function: (SoftExtended, SoftExtended, inout FloatEnvironment) -> SoftExtended
) {
    executeX87(state, operation) { cpu, operation, environment in
        var result = SoftExtended.indefinite
        if cpu.hasX87Operands(operation) {
            result = function(cpu.state.vector[st: 0], cpu.state.vector[st: 1], &environment)
        } else {
            environment.raise(.stackUnderflow)
        }
        guard !environment.isStopped else { return }
        cpu.state.vector[st: Int(operation.destination)] = result
        cpu.state.vector.pop(X87Form(operation).pops)
    }
}

private let remainder: Handler = { takeRemainder($0, $1, toNearest: false) }
private let remainderToNearest: Handler = { takeRemainder($0, $1, toNearest: true) }

/// FPREM and FPREM1: the quotient's low bits are in C0, C3 and C1; C2 where the remainder is partial.
@inline(__always)
private func takeRemainder(_ state: UInt, _ operation: UInt, toNearest: Bool) {
    executeX87(state, operation) { cpu, operation, environment in
        // An instruction without a result says that nothing is left to do, and leaves C0 and C3.
        cpu.state.vector.setConditions(0, of: X87Status.c2)
        guard cpu.hasX87Operands(operation) else {
            environment.raise(.stackUnderflow)
            if !environment.isStopped { cpu.state.vector[st: 0] = .indefinite }
            return
        }
        let result = SoftExtended.remainder(
            cpu.state.vector[st: 0],
            cpu.state.vector[st: 1],
            toNearest: toNearest,
            &environment
        )
        guard !environment.isStopped else { return }
        cpu.state.vector[st: 0] = result.value
        if result.value.unpacked.isNaN { return }
        var codes: UInt16 = result.isPartial ? X87Status.c2 : 0
        if result.quotient & 4 != 0 { codes |= X87Status.c0 }
        if result.quotient & 2 != 0 { codes |= X87Status.c3 }
        if result.quotient & 1 != 0 { codes |= X87Status.c1 }
        cpu.state.vector.setConditions(codes, of: X87Status.conditions)
    }
}

private let extract: Handler = {
    replaceAndPush($0, $1) { number, environment in
        let parts = SoftExtended.extracted(number, &environment)
        return (parts.exponent, parts.significand)
    }
}
private let sineAndCosine: Handler = {
    replaceAndPushIfReduced($0, $1) { number, environment in
        let results = SoftExtended.sineAndCosine(number, &environment)
        return (results.sine, results.cosine)
    }
}
private let tangent: Handler = {
    replaceAndPushIfReduced($0, $1) { number, environment in
        let result = SoftExtended.tangent(number, &environment)
        // A NaN, or what stands for the tangent of infinity, is pushed too.
        return (result, result.unpacked.isNaN ? result : .one)
    }
}

@inline(__always)
private func replaceAndPushIfReduced(
    _ state: UInt,
    _ operation: UInt,
    _ function: (SoftExtended, inout FloatEnvironment) -> (SoftExtended, SoftExtended)
) {
    replaceAndPush(state, operation, setsC2: true) { number, environment in
        number.isBeyondReduction ? nil : function(number, &environment)
    }
}

/// A function of ST(0) with two results, the second of which is pushed; with none, ST(0) stays.
@inline(__always)
private func replaceAndPush(
    _ state: UInt,
    _ operation: UInt,
    setsC2: Bool = false,
    _ function: (SoftExtended, inout FloatEnvironment) -> (SoftExtended, SoftExtended)?
) {
    executeX87(state, operation) { cpu, _, environment in
        var results: (SoftExtended, SoftExtended)? = (.indefinite, .indefinite)
        if !cpu.state.vector.isUsed(0) {
            environment.raise(.stackUnderflow)
        } else if cpu.state.vector.isUsed(7) {
            environment.raise(.stackOverflow)
        } else {
            results = function(cpu.state.vector[st: 0], &environment)
        }
        if setsC2 { cpu.state.vector.setConditions(results == nil ? X87Status.c2 : 0, of: X87Status.c2) }
        guard let results, !environment.isStopped else { return }
        cpu.state.vector[st: 0] = results.0
        cpu.state.vector.push(results.1)
    }
}
