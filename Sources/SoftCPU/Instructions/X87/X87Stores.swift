internal import CZydis

/// FST, FSTP, FIST, FISTP, FISTTP and FBSTP.
enum X87Stores: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_FST] = { emitFloat(&$0, pops: 0) }
        table[ZYDIS_MNEMONIC_FSTP] = { emitFloat(&$0, pops: 1) }
        table[ZYDIS_MNEMONIC_FSTPNCE] = { $0.emitX87(popSilently, destination: $0.x87Register) }
        table[ZYDIS_MNEMONIC_FIST] = { emitInteger(&$0, integers, pops: 0) }
        table[ZYDIS_MNEMONIC_FISTP] = { emitInteger(&$0, integers, pops: 1) }
        table[ZYDIS_MNEMONIC_FISTTP] = { emitInteger(&$0, truncatedIntegers, pops: 1) }
        table[ZYDIS_MNEMONIC_FBSTP] = { $0.emitX87(storeDecimal, bytes: 10, access: Access.write, pops: 1) }
    }

    private static func emitFloat(_ builder: inout BlockBuilder, pops: Int) {
        guard builder.isMemory(0) else {
            return builder.emitX87(storeRegister, destination: builder.x87Register, pops: pops)
        }
        let bytes = builder.bytes(0)
        let handler = bytes == 4 ? storeSingle : bytes == 8 ? storeDouble : storeExtended
        builder.emitX87(handler, bytes: bytes, access: Access.write, pops: pops)
    }

    private static func emitInteger(_ builder: inout BlockBuilder, _ handlers: [Handler], pops: Int) {
        let bytes = builder.bytes(0)
        builder.emitX87(handlers[bytes.trailingZeroBitCount - 1], bytes: bytes, access: Access.write, pops: pops)
    }

    /// By size: 2, 4, 8 bytes.
    private static let integers: [Handler] = [
        { storeInteger($0, $1, UInt16.self, truncating: false) },
        { storeInteger($0, $1, UInt32.self, truncating: false) },
        { storeInteger($0, $1, UInt64.self, truncating: false) },
    ]
    private static let truncatedIntegers: [Handler] = [
        { storeInteger($0, $1, UInt16.self, truncating: true) },
        { storeInteger($0, $1, UInt32.self, truncating: true) },
        { storeInteger($0, $1, UInt64.self, truncating: true) },
    ]
}

private let storeSingle: Handler = {
    store($0, $1, indefinite: SoftSingle.indefinite) { SoftSingle.converted($0, findsDenormal: false, &$1) }
}
private let storeDouble: Handler = {
    store($0, $1, indefinite: SoftDouble.indefinite) { SoftDouble.converted($0, findsDenormal: false, &$1) }
}
private let storeExtended: Handler = {
    store($0, $1, indefinite: TenBytes(low: 3 << 62, high: 0xFFFF)) { number, _ in
        TenBytes(low: number.significand, high: number.signAndExponent)
    }
}
private let storeDecimal: Handler = {
    store($0, $1, indefinite: TenBytes(low: 3 << 62, high: 0xFFFF)) { number, environment in
        let digits = number.decimal(&environment)
        return TenBytes(low: digits.low, high: digits.high)
    }
}

@inline(__always)
private func storeInteger<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type, truncating: Bool) {
    store(state, operation, indefinite: (1 as T) << T(truncatingIfNeeded: T.bitWidth - 1)) { number, environment in
        let rounding = truncating ? Rounding.towardZero : environment.rounding
        return T(
            truncatingIfNeeded: SoftExtended.integer(number, bits: T.bitWidth, rounding: rounding, &environment)
        )
    }
}

/// Stores ST(0). Where an exception that is not masked leaves no result, nothing is stored.
@inline(__always)
private func store<T: BitwiseCopyable>(
    _ state: UInt,
    _ operation: UInt,
    indefinite: T,
    _ convert: (SoftExtended, inout FloatEnvironment) -> T
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    var environment = cpu.x87Environment
    var value = indefinite
    if cpu.state.vector.isUsed(0) {
        value = convert(cpu.state.vector[st: 0], &environment)
    } else {
        environment.raise(.stackUnderflow)
    }
    let address = cpu.linearAddress(operation)
    let isStored = environment.raised.intersection(.ofStores).isSubset(of: environment.masked)
    if isStored {
        let entry = cpu.translation(of: address)
        guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
        entry.store(value, address)
        _ = cpu.beginX87()
        cpu.state.vector.pop(X87Form(operation).pops)
    } else {
        guard !cpu.has(.storesFaultFirst) || !raisesFaultOfStore(cpu, operation) else { return }
        environment.raised.formIntersection([.ofStores, .stackFault])
        _ = cpu.beginX87()
    }
    cpu.finishX87(operation, environment, address: address)
    next(cpu, operation)
}

/// Raises what a store would raise that is not made, and says whether it would.
@inline(never)
private func raisesFaultOfStore(_ cpu: CPU, _ operation: Operation) -> Bool {
    let record = operation.record
    do {
        let isStack = record.access & Access.stack != 0
        try cpu.probeWrite(cpu.linearAddress(operation), size: Int(record.accessSize), stack: isStack)
        return false
    } catch {
        raise(cpu, operation, error)
        return true
    }
}

extension FloatFlags {
    /// Those that keep a store to memory from being made: there is nowhere to put a result with another exponent.
    fileprivate static let ofStores: FloatFlags = [.invalid, .overflow, .underflow]
}

/// FST and FSTP to a register.
private let storeRegister: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        var value = SoftExtended.indefinite
        if cpu.state.vector.isUsed(0) {
            value = cpu.state.vector[st: 0]
        } else {
            environment.raise(.stackUnderflow)
        }
        guard !environment.isStopped else { return }
        cpu.state.vector[st: Int(operation.destination)] = value
        cpu.state.vector.pop(X87Form(operation).pops)
    }
}

/// FSTP with an opcode that pops an empty register without a look at it.
private let popSilently: Handler = {
    executeX87($0, $1) { cpu, operation, _ in
        if cpu.state.vector.isUsed(0) { cpu.state.vector[st: Int(operation.destination)] = cpu.state.vector[st: 0] }
        cpu.state.vector.pop(1)
    }
}
