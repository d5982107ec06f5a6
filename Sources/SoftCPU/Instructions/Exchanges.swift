internal import CZydis

/// XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B.
enum Exchanges: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_XCHG] = { emit(&$0, exchange, exchangeMemory) }
        table[ZYDIS_MNEMONIC_XADD] = { emit(&$0, exchangeAdd, exchangeAddMemory) }
        table[ZYDIS_MNEMONIC_CMPXCHG] = { emit(&$0, compareExchange, compareExchangeMemory) }
        table[ZYDIS_MNEMONIC_CMPXCHG8B] = {
            $0.emit(compareExchange8, memory: 0, bytes: 8, access: Access.read | Access.write)
        }
        table[ZYDIS_MNEMONIC_CMPXCHG16B] = {
            $0.emit(compareExchange16, memory: 0, bytes: 16, access: Access.read | Access.write)
        }
    }

    private static func emit(_ builder: inout BlockBuilder, _ registers: [Handler], _ memory: [Handler]) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount
        let memoryOperand = builder.isMemory(0) ? 0 : builder.isMemory(1) ? 1 : -1
        if memoryOperand >= 0 {
            builder.emit(
                memory[size],
                memory: memoryOperand,
                bytes: bytes,
                access: Access.read | Access.write,
                source: builder.registerOffset(1 - memoryOperand)
            )
        } else {
            builder.emit(
                registers[size],
                destination: builder.registerOffset(0),
                source: builder.registerOffset(1)
            )
        }
    }

    /// An exchange of two registers of 1, 2, 4 or 8 bytes.
    ///
    /// - Parameter size: the logarithm of the bytes.
    static func emit(_ builder: inout BlockBuilder, _ size: Int, _ first: UInt8, _ second: UInt8) {
        builder.emit(exchange[size], destination: first, source: second)
    }

    private static let exchange: [Handler] = [
        { exchangeRegisters($0, $1, UInt8.self) }, { exchangeRegisters($0, $1, UInt16.self) },
        { exchangeRegisters($0, $1, UInt32.self) }, { exchangeRegisters($0, $1, UInt64.self) },
    ]
    private static let exchangeMemory: [Handler] = [
        { exchangeWithMemory($0, $1, UInt8.self) }, { exchangeWithMemory($0, $1, UInt16.self) },
        { exchangeWithMemory($0, $1, UInt32.self) }, { exchangeWithMemory($0, $1, UInt64.self) },
    ]
    private static let exchangeAdd: [Handler] = [
        { addExchange($0, $1, UInt8.self) }, { addExchange($0, $1, UInt16.self) },
        { addExchange($0, $1, UInt32.self) }, { addExchange($0, $1, UInt64.self) },
    ]
    private static let exchangeAddMemory: [Handler] = [
        { addExchangeMemory($0, $1, UInt8.self) }, { addExchangeMemory($0, $1, UInt16.self) },
        { addExchangeMemory($0, $1, UInt32.self) }, { addExchangeMemory($0, $1, UInt64.self) },
    ]
    private static let compareExchange: [Handler] = [
        { compareExchangeRegisters($0, $1, UInt8.self) }, { compareExchangeRegisters($0, $1, UInt16.self) },
        { compareExchangeRegisters($0, $1, UInt32.self) }, { compareExchangeRegisters($0, $1, UInt64.self) },
    ]
    private static let compareExchangeMemory: [Handler] = [
        { compareExchangeWithMemory($0, $1, UInt8.self) }, { compareExchangeWithMemory($0, $1, UInt16.self) },
        { compareExchangeWithMemory($0, $1, UInt32.self) }, { compareExchangeWithMemory($0, $1, UInt64.self) },
    ]
}

@inline(__always)
private func exchangeRegisters<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left: T = cpu.register(operation.destination)
    let right: T = cpu.register(operation.source)
    cpu.setRegister(operation.destination, right)
    cpu.setRegister(operation.source, left)
    next(cpu, operation)
}

@inline(__always)
private func exchangeWithMemory<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    let old: T = entry.load(address)
    entry.store(cpu.register(operation.source, T.self), address)
    cpu.setRegister(operation.source, old)
    next(cpu, operation)
}

@inline(__always)
private func addExchange<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left: T = cpu.register(operation.destination)
    let sum = Add.apply(cpu, left, cpu.register(operation.source))
    // In this order: of two equal operands the sum stays.
    cpu.setRegister(operation.source, left)
    cpu.setRegister(operation.destination, sum)
    next(cpu, operation)
}

@inline(__always)
private func addExchangeMemory<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    let left: T = entry.load(address)
    entry.store(Add.apply(cpu, left, cpu.register(operation.source)), address)
    cpu.setRegister(operation.source, left)
    next(cpu, operation)
}

@inline(__always)
private func compareExchangeRegisters<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let accumulator: T = cpu.register(0)
    let old: T = cpu.register(operation.destination)
    _ = Subtract.apply(cpu, accumulator, old)
    if accumulator == old {
        cpu.setRegister(operation.destination, cpu.register(operation.source, T.self))
    } else {
        cpu.setRegister(0, old)
    }
    next(cpu, operation)
}

@inline(__always)
private func compareExchangeWithMemory<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    let accumulator: T = cpu.register(0)
    let old: T = entry.load(address)
    _ = Subtract.apply(cpu, accumulator, old)
    if accumulator == old {
        entry.store(cpu.register(operation.source, T.self), address)
    } else {
        cpu.setRegister(0, old)
    }
    next(cpu, operation)
}

private let compareExchange8: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, UInt64.self) else { return miss(cpu, operation) }
    let old: UInt64 = entry.load(address)
    let expected = UInt64(cpu.register(16, UInt32.self)) << 32 | UInt64(cpu.register(0, UInt32.self))
    cpu.setZero(old == expected)
    if old == expected {
        entry.store(UInt64(cpu.register(8, UInt32.self)) << 32 | UInt64(cpu.register(24, UInt32.self)), address)
    } else {
        cpu.setRegister(0, UInt32(truncatingIfNeeded: old))
        cpu.setRegister(16, UInt32(truncatingIfNeeded: old >> 32))
    }
    next(cpu, operation)
}

private let compareExchange16: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    guard address & 15 == 0 else { return raise(cpu, operation, .protection()) }
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, (UInt64, UInt64).self) else { return miss(cpu, operation) }
    let low: UInt64 = entry.load(address)
    let high: UInt64 = entry.load(address &+ 8)
    let isEqual = low == cpu.register(0, UInt64.self) && high == cpu.register(16, UInt64.self)
    cpu.setZero(isEqual)
    if isEqual {
        entry.store(cpu.register(24, UInt64.self), address)
        entry.store(cpu.register(8, UInt64.self), address &+ 8)
    } else {
        cpu.setRegister(0, low)
        cpu.setRegister(16, high)
    }
    next(cpu, operation)
}
