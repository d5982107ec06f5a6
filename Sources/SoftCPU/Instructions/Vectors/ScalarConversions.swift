internal import CZydis

/// Conversions between the lowest lane of an XMM register and a general register.
enum ScalarConversions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_CVTSI2SS] = { emitFromInteger(&$0, singleFromInteger) }
        table[ZYDIS_MNEMONIC_CVTSI2SD] = { emitFromInteger(&$0, doubleFromInteger) }
        table[ZYDIS_MNEMONIC_CVTSS2SI] = { emitToInteger(&$0, integerOfSingle, isTruncating: false) }
        table[ZYDIS_MNEMONIC_CVTTSS2SI] = { emitToInteger(&$0, integerOfSingle, isTruncating: true) }
        table[ZYDIS_MNEMONIC_CVTSD2SI] = { emitToInteger(&$0, integerOfDouble, isTruncating: false) }
        table[ZYDIS_MNEMONIC_CVTTSD2SI] = { emitToInteger(&$0, integerOfDouble, isTruncating: true) }
    }

    private static func emitFromInteger(_ builder: inout BlockBuilder, _ handlers: [Handler]) {
        builder.requireSSE()
        let source = builder.loadOperand(1)
        builder.emit(
            handlers[builder.bytes(1) / 8],
            destination: builder.vectorNumber(0),
            source: source
        )
    }

    private static func emitToInteger(_ builder: inout BlockBuilder, _ forms: [VectorForms], isTruncating: Bool) {
        builder.requireSSE()
        let handlers = forms[builder.bytes(0) / 8]
        let destination = builder.registerOffset(0)
        let immediate: Int64 = isTruncating ? 1 : 0
        if builder.isMemory(1) {
            builder.emit(
                handlers.memory,
                memory: 1,
                bytes: builder.bytes(1),
                access: Access.read,
                destination: destination,
                immediate: immediate
            )
        } else {
            builder.emit(
                handlers.register,
                destination: destination,
                source: builder.vectorNumber(1),
                immediate: immediate
            )
        }
    }
}

// By the size of the integer: 4 and 8 bytes.
private let singleFromInteger: [Handler] = [
    { fromInteger($0, $1, SoftSingle.self, UInt32.self) }, { fromInteger($0, $1, SoftSingle.self, UInt64.self) },
]
private let doubleFromInteger: [Handler] = [
    { fromInteger($0, $1, SoftDouble.self, UInt32.self) }, { fromInteger($0, $1, SoftDouble.self, UInt64.self) },
]
private let integerOfSingle = [
    VectorForms(
        register: { toInteger($0, $1, SoftSingle.self, UInt32.self) },
        memory: { toIntegerLoaded($0, $1, SoftSingle.self, UInt32.self) }
    ),
    VectorForms(
        register: { toInteger($0, $1, SoftSingle.self, UInt64.self) },
        memory: { toIntegerLoaded($0, $1, SoftSingle.self, UInt64.self) }
    ),
]
private let integerOfDouble = [
    VectorForms(
        register: { toInteger($0, $1, SoftDouble.self, UInt32.self) },
        memory: { toIntegerLoaded($0, $1, SoftDouble.self, UInt32.self) }
    ),
    VectorForms(
        register: { toInteger($0, $1, SoftDouble.self, UInt64.self) },
        memory: { toIntegerLoaded($0, $1, SoftDouble.self, UInt64.self) }
    ),
]

@inline(__always)
private func fromInteger<F: LaneFormat, T: Word>(_ state: UInt, _ operation: UInt, _: F.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let number = T.Signed(truncatingIfNeeded: cpu.register(operation.source, T.self))
    // What the host rounds is inexact at most.
    let isExact = T.bitWidth < F.precision
    if isExact || cpu.hasHostRounding {
        cpu.setXMM(operation.destination, low: F(F.Host(number)).bits)
        return next(cpu, operation)
    }
    guard cpu.convert(operation, Int64(truncatingIfNeeded: number), F.self) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

@inline(__always)
private func toInteger<F: LaneFormat, T: Word>(_ state: UInt, _ operation: UInt, _: F.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    finishInteger(cpu, operation, F(bits: cpu.xmm(operation.source, F.Bits.self)), T.self)
}

@inline(__always)
private func toIntegerLoaded<F: LaneFormat, T: Word>(_ state: UInt, _ operation: UInt, _: F.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, F.Bits.self) else { return miss(cpu, operation) }
    finishInteger(cpu, operation, F(bits: entry.load(address)), T.self)
}

@inline(__always)
private func finishInteger<F: LaneFormat, T: Word>(_ cpu: CPU, _ operation: Operation, _ number: F, _: T.Type) {
    // Truncation, which compilers want, of a number in range is inexact at most.
    if operation.immediate != 0, cpu.hasHostRounding, number.isOrdinary,
        number.field < F.maximumExponent + T.bitWidth - 1
    {
        cpu.setRegister(operation.destination, T(truncatingIfNeeded: Int64(number.host)))
        return next(cpu, operation)
    }
    guard cpu.convert(operation, number, T.self) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

extension CPU {
    @inline(never)
    fileprivate func convert<F: LaneFormat>(_ operation: Operation, _ number: Int64, _: F.Type) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr)
        let result = F.converted(number, &environment)
        guard accept(environment) else { return false }
        setXMM(operation.destination, low: result.bits)
        return true
    }

    @inline(never)
    fileprivate func convert<F: LaneFormat, T: Word>(_ operation: Operation, _ number: F, _: T.Type) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr)
        let rounding = operation.immediate != 0 ? .towardZero : environment.rounding
        let result = F.integer(number, bits: T.bitWidth, rounding: rounding, &environment)
        guard accept(environment) else { return false }
        setRegister(operation.destination, T(truncatingIfNeeded: result))
        return true
    }
}
