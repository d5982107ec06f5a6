internal import CZydis

/// MUL, IMUL, DIV, IDIV.
enum Multiplication: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_MUL] = { emitWide(&$0, multiply) }
        table[ZYDIS_MNEMONIC_DIV] = { emitWide(&$0, divide) }
        table[ZYDIS_MNEMONIC_IDIV] = { emitWide(&$0, divideSigned) }
        table[ZYDIS_MNEMONIC_IMUL] = { emitSigned(&$0) }
    }

    /// One operand, the other and the result in the accumulator.
    private static func emitWide(_ builder: inout BlockBuilder, _ handlers: [Handler]) {
        let size = builder.bytes(0).trailingZeroBitCount
        builder.emit(handlers[size], source: builder.loadOperand(0))
    }

    private static func emitSigned(_ builder: inout BlockBuilder) {
        let size = builder.bytes(0).trailingZeroBitCount
        switch unsafe builder.instruction.operand_count_visible {
        case 1: emitWide(&builder, multiplySigned)
        case 2:
            let destination = builder.registerOffset(0)
            builder.emit(
                multiplyRegisters[size],
                destination: destination,
                source: builder.loadOperand(1)
            )
        default:
            let source = builder.loadOperand(1)
            builder.emit(
                multiplyImmediate[size],
                destination: builder.registerOffset(0),
                source: source,
                immediate: builder.immediate(2)
            )
        }
    }

    private static let multiply: [Handler] = [
        { multiplyBytes($0, $1, signed: false) }, { multiplyWide($0, $1, UInt16.self) },
        { multiplyWide($0, $1, UInt32.self) }, { multiplyWide($0, $1, UInt64.self) },
    ]
    private static let multiplySigned: [Handler] = [
        { multiplyBytes($0, $1, signed: true) }, { multiplyWideSigned($0, $1, UInt16.self) },
        { multiplyWideSigned($0, $1, UInt32.self) }, { multiplyWideSigned($0, $1, UInt64.self) },
    ]
    private static let multiplyRegisters: [Handler] = [
        invalidOpcodeHandler, { multiplyInto($0, $1, UInt16.self) }, { multiplyInto($0, $1, UInt32.self) },
        { multiplyInto($0, $1, UInt64.self) },
    ]
    private static let multiplyImmediate: [Handler] = [
        invalidOpcodeHandler, { multiplyByImmediate($0, $1, UInt16.self) },
        { multiplyByImmediate($0, $1, UInt32.self) }, { multiplyByImmediate($0, $1, UInt64.self) },
    ]
    private static let divide: [Handler] = [
        { divideBytes($0, $1) }, { divideWide($0, $1, UInt16.self) }, { divideWide($0, $1, UInt32.self) },
        { divideWide($0, $1, UInt64.self) },
    ]
    private static let divideSigned: [Handler] = [
        { divideBytesSigned($0, $1) }, { divideWideSigned($0, $1, UInt16.self) },
        { divideWideSigned($0, $1, UInt32.self) }, { divideWideSigned($0, $1, UInt64.self) },
    ]
}

extension BlockBuilder {
    /// Where an operand is that is a register, or that an operation before loads from memory.
    mutating func loadOperand(_ index: Int) -> UInt8 {
        guard isMemory(index) else { return registerOffset(index) }
        let bytes = bytes(index)
        emit(
            Moves.registerMemory[bytes.trailingZeroBitCount],
            memory: index,
            bytes: bytes,
            access: Access.read,
            destination: RegisterOffset.temporary
        )
        return RegisterOffset.temporary
    }
}

private let accumulator = RegisterOffset.general(0)
private let accumulatorExtension = RegisterOffset.general(2)

extension CPU {
    /// CF and OF say whether the upper half means anything. The others are undefined.
    @inline(__always)
    fileprivate func setProductFlags<T: Word>(_ low: T, overflow: Bool) {
        if has(.productsSetFlags) { return setFlags(product: low, overflow: overflow) }
        setRotationFlags(carry: overflow, overflow: overflow)
    }

    /// Sets CF and OF alike, SF and PF as of the lower half of a product, and clears AF. ZF is clear or as of the lower half.
    @inline(__always)
    private func setFlags<T: Word>(product low: T, overflow: Bool) {
        // Where ZF is clear although the lower half is 0, a 1 stands for it. Its parity is odd, that of 0 is even.
        let hidesZero = low == 0 && !has(.productsSetZero)
        state.flagResult = hidesZero ? 1 : low.signExtended
        state.flagCarries = (overflow ? 1 << 63 : 0) | (hidesZero ? 1 << 8 : 0)
    }

    /// All flags are undefined behind a division.
    @inline(__always)
    fileprivate func setQuotientFlags() {
        if has(.quotientsLeaveFlags) { return }
        setFlags(result: UInt8(1), carry: carry, overflow: overflow, adjust: true)
    }
}

@inline(__always)
private func multiplyBytes(_ state: UInt, _ operation: UInt, signed: Bool) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left: UInt8 = cpu.register(accumulator)
    let right: UInt8 = cpu.register(operation.source)
    let product =
        signed
        ? UInt16(truncatingIfNeeded: left.signExtended &* right.signExtended) : UInt16(left) &* UInt16(right)
    let low = UInt8(truncatingIfNeeded: product)
    cpu.setRegister(accumulator, product)
    let overflow = signed ? UInt16(truncatingIfNeeded: low.signExtended) != product : product > 0xFF
    cpu.setProductFlags(low, overflow: overflow)
    next(cpu, operation)
}

@inline(__always)
private func multiplyWide<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let product = cpu.register(accumulator, T.self).multipliedFullWidth(by: cpu.register(operation.source))
    cpu.setRegister(accumulator, product.low)
    cpu.setRegister(accumulatorExtension, product.high)
    cpu.setProductFlags(product.low, overflow: product.high != 0)
    next(cpu, operation)
}

@inline(__always)
private func multiplyWideSigned<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left = T.Signed(truncatingIfNeeded: cpu.register(accumulator, T.self))
    let right = T.Signed(truncatingIfNeeded: cpu.register(operation.source, T.self))
    let product = left.multipliedFullWidth(by: right)
    let low = T(truncatingIfNeeded: product.low)
    cpu.setRegister(accumulator, low)
    cpu.setRegister(accumulatorExtension, T(truncatingIfNeeded: product.high))
    cpu.setProductFlags(low, overflow: left.multipliedReportingOverflow(by: right).overflow)
    next(cpu, operation)
}

@inline(__always)
private func multiplyInto<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left = T.Signed(truncatingIfNeeded: cpu.register(operation.destination, T.self))
    let right = T.Signed(truncatingIfNeeded: cpu.register(operation.source, T.self))
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    let low = T(truncatingIfNeeded: product)
    cpu.setRegister(operation.destination, low)
    cpu.setProductFlags(low, overflow: overflow)
    next(cpu, operation)
}

@inline(__always)
private func multiplyByImmediate<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left = T.Signed(truncatingIfNeeded: cpu.register(operation.source, T.self))
    let right = T.Signed(truncatingIfNeeded: operation.immediate)
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    let low = T(truncatingIfNeeded: product)
    cpu.setRegister(operation.destination, low)
    cpu.setProductFlags(low, overflow: overflow)
    next(cpu, operation)
}

@inline(__always)
private func divideBytes(_ state: UInt, _ operation: UInt) {
    attempt(state, operation) { cpu, operation throws(Fault) in
        let divisor = UInt16(cpu.register(operation.source, UInt8.self))
        let dividend: UInt16 = cpu.register(accumulator)
        guard divisor != 0, dividend / divisor <= 0xFF else { throw .divideError }
        cpu.setRegister(accumulator, (dividend % divisor) << 8 | dividend / divisor)
        cpu.setQuotientFlags()
    }
}

@inline(__always)
private func divideBytesSigned(_ state: UInt, _ operation: UInt) {
    attempt(state, operation) { cpu, operation throws(Fault) in
        let divisor = Int32(Int8(bitPattern: cpu.register(operation.source, UInt8.self)))
        let dividend = Int32(Int16(bitPattern: cpu.register(accumulator, UInt16.self)))
        guard divisor != 0, let quotient = Int8(exactly: dividend / divisor) else { throw .divideError }
        let remainder = UInt8(truncatingIfNeeded: dividend % divisor)
        cpu.setRegister(accumulator, UInt16(remainder) << 8 | UInt16(UInt8(bitPattern: quotient)))
        cpu.setQuotientFlags()
    }
}

@inline(__always)
private func divideWide<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    attempt(state, operation) { cpu, operation throws(Fault) in
        let divisor: T = cpu.register(operation.source)
        let high: T = cpu.register(accumulatorExtension)
        guard high < divisor else { throw .divideError }
        let result = divisor.dividingFullWidth((high, cpu.register(accumulator)))
        cpu.setRegister(accumulator, result.quotient)
        cpu.setRegister(accumulatorExtension, result.remainder)
        cpu.setQuotientFlags()
    }
}

@inline(__always)
private func divideWideSigned<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    attempt(state, operation) { cpu, operation throws(Fault) in
        let divisor: T = cpu.register(operation.source)
        let high: T = cpu.register(accumulatorExtension)
        let low: T = cpu.register(accumulator)
        // Magnitudes, so that nothing overflows on the way.
        let isNegative = high.isNegative
        let magnitudeLow = isNegative ? 0 &- low : low
        let magnitudeHigh = isNegative ? ~high &+ (low == 0 ? 1 : 0) : high
        let magnitude = divisor.isNegative ? 0 &- divisor : divisor
        guard magnitudeHigh < magnitude else { throw .divideError }
        let result = magnitude.dividingFullWidth((magnitudeHigh, magnitudeLow))
        let negativeQuotient = isNegative != divisor.isNegative
        let quotient = negativeQuotient ? 0 &- result.quotient : result.quotient
        guard quotient == 0 || quotient.isNegative == negativeQuotient else { throw .divideError }
        cpu.setRegister(accumulator, quotient)
        cpu.setRegister(accumulatorExtension, isNegative ? 0 &- result.remainder : result.remainder)
        cpu.setQuotientFlags()
    }
}
