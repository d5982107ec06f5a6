internal import CZydis

/// DAA, DAS, AAA, AAS, AAM, AAD, and BOUND.
enum Decimal: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_DAA] = { $0.emit(adjustAddition) }
        table[ZYDIS_MNEMONIC_DAS] = { $0.emit(adjustSubtraction) }
        table[ZYDIS_MNEMONIC_AAA] = { $0.emit(adjustAscii, immediate: 1) }
        table[ZYDIS_MNEMONIC_AAS] = { $0.emit(adjustAscii, immediate: -1) }
        table[ZYDIS_MNEMONIC_AAM] = { $0.emit(divideAscii, immediate: $0.immediate(0)) }
        table[ZYDIS_MNEMONIC_AAD] = { $0.emit(multiplyAscii, immediate: $0.immediate(0)) }
        table[ZYDIS_MNEMONIC_BOUND] = { emitBound(&$0) }
    }

    private static func emitBound(_ builder: inout BlockBuilder) {
        let bytes = builder.bytes(0)
        var record = builder.offsetOnly(of: 1)
        record.handler = checkBounds
        record.destination = builder.registerOffset(0)
        record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(1).mem.segment))
        record.accessSize = UInt8(bytes)
        builder.write(record)
    }
}

private let low = RegisterOffset.general(0)
private let high = RegisterOffset.high(0)

private let adjustAddition: Handler = { state, operation in
    let cpu = CPU(state)
    let old: UInt8 = cpu.register(low)
    var value = old
    var carry = cpu.carry
    let adjust = old & 15 > 9 || cpu.adjust
    if adjust { value = value &+ 6 }
    let upper = old > 0x99 || carry
    if upper { value = value &+ 0x60 }
    carry = upper
    cpu.setRegister(low, value)
    let overflow = cpu.has(.decimalOverflow) && ~old & value & 0x80 != 0
    cpu.setFlags(result: value, carry: carry, overflow: overflow, adjust: adjust)
    next(cpu, Operation(operation))
}

private let adjustSubtraction: Handler = { state, operation in
    let cpu = CPU(state)
    let old: UInt8 = cpu.register(low)
    let oldCarry = cpu.carry
    var value = old
    var carry = false
    let adjust = old & 15 > 9 || cpu.adjust
    if adjust {
        carry = oldCarry || value < 6
        value = value &- 6
    }
    if old > 0x99 || oldCarry {
        value = value &- 0x60
        carry = true
    }
    cpu.setRegister(low, value)
    let overflow = cpu.has(.decimalOverflow) && old & ~value & 0x80 != 0
    cpu.setFlags(result: value, carry: carry, overflow: overflow, adjust: adjust)
    next(cpu, Operation(operation))
}

/// AAA and AAS.
private let adjustAscii: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let old: UInt16 = cpu.register(low)
    let adjust = old & 15 > 9 || cpu.adjust
    var value = old
    if adjust {
        value = operation.immediate > 0 ? value &+ 0x106 : value &- 0x106
    }
    let digits = value & 0xFF0F
    cpu.setRegister(low, digits)
    if cpu.has(.asciiWordFlags) {
        let overflow = (operation.immediate > 0 ? ~old & value : old & ~value) & 0x8000 != 0
        cpu.setFlags(result: value, carry: adjust, overflow: overflow, adjust: adjust)
    } else {
        cpu.setFlags(result: UInt8(truncatingIfNeeded: digits), carry: adjust, overflow: false, adjust: adjust)
    }
    next(cpu, operation)
}

private let divideAscii: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let divisor = UInt8(truncatingIfNeeded: operation.immediate)
        guard divisor != 0 else { throw .divideError }
        let value: UInt8 = cpu.register(low)
        cpu.setRegister(high, value / divisor)
        cpu.setRegister(low, value % divisor)
        cpu.setFlags(logical: value % divisor)
    }
}

private let multiplyAscii: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let factor = UInt8(truncatingIfNeeded: operation.immediate)
    let product = cpu.register(high, UInt8.self) &* factor
    let addend: UInt8 = cpu.register(low)
    let value = product &+ addend
    cpu.setRegister(low, UInt16(value))
    if cpu.has(.asciiSumFlags) {
        let carries = product & addend | (product | addend) & ~value
        cpu.setFlags(result: value, carries: carries)
    } else {
        cpu.setFlags(logical: value)
    }
    next(cpu, operation)
}

private let checkBounds: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let bytes = Int(operation.record.accessSize)
        let mask = UInt64(bitPattern: operation.extra)
        let start = (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate)) & mask
        let segment = Int(operation.source)
        var bounds = InlineArray<2, Int64>(repeating: 0)
        for index in 0..<2 {
            let offset = (start &+ UInt64(index * bytes)) & mask
            let address = try cpu.segmentAddress(segment, offset, size: bytes, write: false)
            let value = try cpu.read(address, size: bytes, stack: segment == SegmentNumber.ss)
            bounds[index] =
                bytes == 2 ? Int64(Int16(truncatingIfNeeded: value)) : Int64(Int32(truncatingIfNeeded: value))
        }
        let value = cpu.signed(operation.destination, bytes: bytes)
        if value < bounds[0] || value > bounds[1] { throw .boundRange }
    }
}
