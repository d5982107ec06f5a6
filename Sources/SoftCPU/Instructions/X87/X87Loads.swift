internal import CZydis

/// FLD, FILD, FBLD and the constants: what pushes a number.
enum X87Loads: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_FLD] = { builder in
            if builder.isMemory(0), builder.bytes(0) == 10 {
                builder.emitX87(pushExtended, bytes: 10, access: Access.read)
            } else {
                builder.emitX87(builder.isMemory(0) ? pushFloat : pushRegister, source: builder.x87Register)
            }
        }
        table[ZYDIS_MNEMONIC_FILD] = { $0.emitX87(pushInteger, isInteger: true) }
        table[ZYDIS_MNEMONIC_FBLD] = { $0.emitX87(pushDecimal, bytes: 10, access: Access.read) }
        for (number, mnemonic) in [
            ZYDIS_MNEMONIC_FLD1, ZYDIS_MNEMONIC_FLDL2T, ZYDIS_MNEMONIC_FLDL2E, ZYDIS_MNEMONIC_FLDPI,
            ZYDIS_MNEMONIC_FLDLG2, ZYDIS_MNEMONIC_FLDLN2, ZYDIS_MNEMONIC_FLDZ,
        ].enumerated() {
            table[mnemonic] = { $0.emitX87(pushConstant, source: UInt8(number)) }
        }
    }
}

extension CPU {
    /// Pushes a number, if ST(7) is empty.
    @inline(__always)
    fileprivate func pushX87(
        _ environment: inout FloatEnvironment,
        _ value: (inout FloatEnvironment) -> SoftExtended
    ) {
        var result = SoftExtended.indefinite
        if state.vector.isUsed(7) {
            environment.raise(.stackOverflow)
        } else {
            result = value(&environment)
        }
        // A denormal is pushed even where that is an exception that is not masked.
        guard environment.raised.intersection(.invalid).isSubset(of: environment.masked) else { return }
        state.vector.push(result)
    }
}

private let pushFloat: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        let bits = cpu.state.temporary
        let isSingle = X87Form(operation).source == .single
        cpu.pushX87(&environment) {
            isSingle
                ? .converted(SoftSingle(bits: UInt32(truncatingIfNeeded: bits)), &$0)
                : .converted(SoftDouble(bits: bits), &$0)
        }
    }
}

private let pushInteger: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        cpu.pushX87(&environment) { _ in cpu.x87Source(operation).value }
    }
}

private let pushRegister: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        // An empty source is found before a stack that is full.
        guard cpu.state.vector.isUsed(Int(operation.source)) else {
            environment.raise(.stackUnderflow)
            if !environment.isStopped { cpu.state.vector.push(.indefinite) }
            return
        }
        cpu.pushX87(&environment) { _ in cpu.state.vector[st: Int(operation.source)] }
    }
}

private let pushConstant: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        cpu.pushX87(&environment) { X87Constant.all[Int(operation.source)].rounded($0.rounding) }
    }
}

private let pushExtended: Handler = {
    pushBytes($0, $1) { SoftExtended(significand: $0.low, signAndExponent: $0.high) }
}
private let pushDecimal: Handler = { pushBytes($0, $1) { SoftExtended(decimal: $0.low, $0.high) } }

@inline(__always)
private func pushBytes(_ state: UInt, _ operation: UInt, _ value: (TenBytes) -> SoftExtended) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, TenBytes.self) else { return miss(cpu, operation) }
    let result = value(entry.load(address))
    var environment = cpu.beginX87()
    cpu.pushX87(&environment) { _ in result }
    cpu.finishX87(operation, environment, address: address)
    next(cpu, operation)
}

/// A number of 80 bits as it lies in memory.
struct TenBytes: BitwiseCopyable {
    var low: UInt64
    var high: UInt16
}

/// A constant that the processor has in more than 64 bits (Intel SDM vol. 1, 8.3.8).
private struct X87Constant {
    let exponent: Int
    /// Truncated to 64 bits.
    let significand: UInt64
    /// Whether it is nearer to the next number above; nil where it is exact.
    let isAboveHalf: Bool?

    /// 1, log2 10, log2 e, pi, log10 2, ln 2, 0.
    static let all: InlineArray<7, X87Constant> = [
        X87Constant(exponent: 0, significand: 0x8000_0000_0000_0000, isAboveHalf: nil),
        X87Constant(exponent: 1, significand: 0xD49A_784B_CD1B_8AFE, isAboveHalf: false),
        X87Constant(exponent: 0, significand: 0xB8AA_3B29_5C17_F0BB, isAboveHalf: true),
        X87Constant(exponent: 1, significand: 0xC90F_DAA2_2168_C234, isAboveHalf: true),
        X87Constant(exponent: -2, significand: 0x9A20_9A84_FBCF_F798, isAboveHalf: true),
        X87Constant(exponent: -1, significand: 0xB172_17F7_D1CF_79AB, isAboveHalf: true),
        X87Constant(exponent: -16383, significand: 0, isAboveHalf: nil),
    ]

    func rounded(_ rounding: Rounding) -> SoftExtended {
        var value = significand
        if let isAboveHalf, rounding.increments(isNegative: false, isOdd: false, half: isAboveHalf, rest: true) {
            value += 1
        }
        return SoftExtended(isNegative: false, field: exponent + SoftExtended.maximumExponent, significand: value)
    }
}
