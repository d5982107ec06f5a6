internal import CZydis

/// MOV between general registers, memory and immediates; MOVZX, MOVSX, MOVSXD, LEA, and what extends the accumulator.
enum Moves: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_MOV] = { emitMove(&$0) }
        table[ZYDIS_MNEMONIC_MOVZX] = { emitExtension(&$0, extendRegisterZero, extendMemoryZero) }
        table[ZYDIS_MNEMONIC_MOVSX] = { emitExtension(&$0, extendRegisterSign, extendMemorySign) }
        table[ZYDIS_MNEMONIC_MOVSXD] = {
            $0.bytes(0) == 2 ? emitShortMove(&$0) : emitExtension(&$0, extendRegisterSign, extendMemorySign)
        }
        table[ZYDIS_MNEMONIC_LEA] = { emitAddress(&$0) }
        table[ZYDIS_MNEMONIC_CBW] = { $0.emit(cbw) }
        table[ZYDIS_MNEMONIC_CWDE] = { $0.emit(cwde) }
        table[ZYDIS_MNEMONIC_CDQE] = { $0.emit(cdqe) }
        table[ZYDIS_MNEMONIC_CWD] = { $0.emit(cwd) }
        table[ZYDIS_MNEMONIC_CDQ] = { $0.emit(cdq) }
        table[ZYDIS_MNEMONIC_CQO] = { $0.emit(cqo) }
        table[ZYDIS_MNEMONIC_XLAT] = { emitTranslate(&$0) }
        table[ZYDIS_MNEMONIC_PAUSE] = { emitPause(&$0) }
        for mnemonic in [ZYDIS_MNEMONIC_NOP, ZYDIS_MNEMONIC_ENDBR32, ZYDIS_MNEMONIC_ENDBR64] {
            table[mnemonic] = { emitNothing(&$0) }
        }
    }

    private static func emitMove(_ builder: inout BlockBuilder) {
        let size = builder.bytes(0).trailingZeroBitCount
        let bytes = builder.bytes(0)
        switch (builder.kind(0), builder.kind(1)) {
        case (.general, .general):
            builder.emit(
                registerRegister[size],
                destination: builder.registerOffset(0),
                source: builder.registerOffset(1)
            )
        case (.general, .immediate):
            builder.emit(
                registerImmediate[size],
                destination: builder.registerOffset(0),
                immediate: builder.immediate(1)
            )
        case (.general, .memory):
            builder.emit(
                registerMemory[size],
                memory: 1,
                bytes: bytes,
                access: Access.read,
                destination: builder.registerOffset(0)
            )
        case (.memory, .general):
            builder.emit(
                memoryRegister[size],
                memory: 0,
                bytes: bytes,
                access: Access.write,
                source: builder.registerOffset(1)
            )
        case (.memory, .immediate):
            builder.emit(
                memoryImmediate[size],
                memory: 0,
                bytes: bytes,
                access: Access.write,
                immediate: builder.immediate(1)
            )
        case (.segment, _), (_, .segment): SegmentMoves.emit(&builder)
        default: ControlRegisters.emitMove(&builder)
        }
    }

    /// The prefetches of opcode 0F 0D, which have the same mnemonic, exist for memory alone in some processors.
    private static func emitNothing(_ builder: inout BlockBuilder) {
        let isPrefetch =
            unsafe builder.instruction.opcode_map == ZYDIS_OPCODE_MAP_0F && builder.instruction.opcode == 0x0D
        if isPrefetch, !builder.isMemory(0), builder.quirks.contains(.hintsNeedMemory) {
            builder.emit(invalidOpcodeHandler)
            builder.finish()
        } else {
            builder.emit(nothing)
        }
    }

    /// Some processors take the opcode with a REX prefix that makes its register R8 for XCHG.
    private static func emitPause(_ builder: inout BlockBuilder) {
        if builder.quirks.contains(.pausesExchange), unsafe builder.instruction.raw.rex.B != 0 {
            let size = builder.operandBytes.trailingZeroBitCount
            Exchanges.emit(&builder, size, RegisterOffset.general(8), RegisterOffset.general(0))
        } else {
            builder.emit(nothing)
        }
    }

    /// MOVSXD of 16 bits, which extends nothing. Some processors read no more than that (Intel SDM vol. 2, MOVSX/MOVSXD).
    private static func emitShortMove(_ builder: inout BlockBuilder) {
        let destination = builder.registerOffset(0)
        if builder.isMemory(1), builder.quirks.contains(.shortExtensionsReadWhole) {
            builder.emit(registerRegister[1], destination: destination, source: builder.loadOperand(1))
        } else if builder.isMemory(1) {
            builder.emit(registerMemory[1], memory: 1, bytes: 2, access: Access.read, destination: destination)
        } else {
            builder.emit(registerRegister[1], destination: destination, source: builder.registerOffset(1))
        }
    }

    private static func emitExtension(
        _ builder: inout BlockBuilder,
        _ registers: [[Handler]],
        _ memory: [[Handler]]
    ) {
        let destination = builder.bytes(0).trailingZeroBitCount - 1
        let source = builder.bytes(1).trailingZeroBitCount
        if builder.isMemory(1) {
            builder.emit(
                memory[destination][source],
                memory: 1,
                bytes: builder.bytes(1),
                access: Access.read,
                destination: builder.registerOffset(0)
            )
        } else {
            builder.emit(
                registers[destination][source],
                destination: builder.registerOffset(0),
                source: builder.registerOffset(1)
            )
        }
    }

    private static func emitAddress(_ builder: inout BlockBuilder) {
        let size = builder.bytes(0).trailingZeroBitCount
        var record = builder.offsetOnly(of: 1)
        record.handler = loadAddress[size]
        record.destination = builder.registerOffset(0)
        builder.write(record)
    }

    /// XLAT: AL becomes the byte at (E)BX plus AL.
    private static func emitTranslate(_ builder: inout BlockBuilder) {
        let segment = builder.segmentOverride ?? SegmentNumber.ds
        builder.emit(translateByte, source: UInt8(segment), immediate: Int64(bitPattern: builder.addressMask))
    }
}

/// How a narrower operand becomes a wider one.
protocol Widening {
    static func widen<T: Word, S: Word>(_ value: S, _: T.Type) -> T
}
enum ZeroExtend: Widening {
    @inline(__always) static func widen<T: Word, S: Word>(_ value: S, _: T.Type) -> T { T(truncatingIfNeeded: value) }
}
enum SignExtend: Widening {
    @inline(__always) static func widen<T: Word, S: Word>(_ value: S, _: T.Type) -> T {
        T(truncatingIfNeeded: value.signExtended)
    }
}

@inline(__always)
func moveRegister<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, cpu.register(operation.source, T.self))
    next(cpu, operation)
}

@inline(__always)
func moveImmediate<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, T(truncatingIfNeeded: operation.immediate))
    next(cpu, operation)
}

@inline(__always)
func moveLoad<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    cpu.setRegister(operation.destination, entry.load(address, T.self))
    next(cpu, operation)
}

@inline(__always)
func moveStore<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(cpu.register(operation.source, T.self), address)
    next(cpu, operation)
}

@inline(__always)
func moveStoreImmediate<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(T(truncatingIfNeeded: operation.immediate), address)
    next(cpu, operation)
}

/// LEA; ``OperationRecord/immediate`` is the rest of the displacement, ``OperationRecord/extra`` the bits of an address.
@inline(__always)
func moveAddress<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address =
        (cpu.linearAddress(operation) &+ UInt64(bitPattern: operation.immediate))
        & UInt64(bitPattern: operation.extra)
    cpu.setRegister(operation.destination, T(truncatingIfNeeded: address))
    next(cpu, operation)
}

@inline(__always)
func extendRegister<W: Widening, T: Word, S: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: W.Type,
    _: T.Type,
    _: S.Type
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, W.widen(cpu.register(operation.source, S.self), T.self))
    next(cpu, operation)
}

@inline(__always)
func extendMemory<W: Widening, T: Word, S: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: W.Type,
    _: T.Type,
    _: S.Type
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, S.self) else { return miss(cpu, operation) }
    cpu.setRegister(operation.destination, W.widen(entry.load(address, S.self), T.self))
    next(cpu, operation)
}

private let nothing: Handler = { next(CPU($0), Operation($1)) }
private let cbw: Handler = { accumulate($0, $1) { $0.setRegister(0, $0.register(0, UInt8.self).signExtended16) } }
private let cwde: Handler = {
    accumulate($0, $1) { $0.setRegister(0, UInt32(truncatingIfNeeded: $0.register(0, UInt16.self).signExtended)) }
}
private let cdqe: Handler = { accumulate($0, $1) { $0.setRegister(0, $0.register(0, UInt32.self).signExtended) } }
private let cwd: Handler = {
    accumulate($0, $1) { $0.setRegister(16, $0.register(0, UInt16.self).isNegative ? UInt16.max : 0) }
}
private let cdq: Handler = {
    accumulate($0, $1) { $0.setRegister(16, $0.register(0, UInt32.self).isNegative ? UInt32.max : 0) }
}
private let cqo: Handler = {
    accumulate($0, $1) { $0.setRegister(16, $0.register(0, UInt64.self).isNegative ? UInt64.max : 0) }
}

@inline(__always)
private func accumulate(_ state: UInt, _ operation: UInt, _ body: (CPU) -> Void) {
    body(CPU(state))
    next(CPU(state), Operation(operation))
}

extension UInt8 {
    fileprivate var signExtended16: UInt16 { UInt16(truncatingIfNeeded: signExtended) }
}

private let translateByte: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let mask = UInt64(bitPattern: operation.immediate)
        let offset = (cpu.register(24, UInt64.self) &+ UInt64(cpu.register(0, UInt8.self))) & mask
        let address = try cpu.segmentAddress(Int(operation.source), offset, size: 1, write: false)
        cpu.setRegister(0, UInt8(truncatingIfNeeded: try cpu.read(address, size: 1)))
    }
}
