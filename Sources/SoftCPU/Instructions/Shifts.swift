internal import CZydis

/// SHL, SHR, SAR, ROL, ROR, RCL, RCR.
enum Shifts: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_SHL] = { emit(&$0, .left) }
        table[ZYDIS_MNEMONIC_SALC] = { $0.emit(setCarryInAL) }
        table[ZYDIS_MNEMONIC_SHR] = { emit(&$0, .right) }
        table[ZYDIS_MNEMONIC_SAR] = { emit(&$0, .rightSigned) }
        table[ZYDIS_MNEMONIC_ROL] = { emit(&$0, .rotateLeft) }
        table[ZYDIS_MNEMONIC_ROR] = { emit(&$0, .rotateRight) }
        table[ZYDIS_MNEMONIC_RCL] = { emit(&$0, .rotateLeftThroughCarry) }
        table[ZYDIS_MNEMONIC_RCR] = { emit(&$0, .rotateRightThroughCarry) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ forms: ShiftForms) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount
        let byCounter = !builder.isImmediate(1)
        var count = byCounter ? 0 : builder.immediate(1) & (bytes == 8 ? 63 : 31)
        let isRotation = [ZYDIS_MNEMONIC_ROL, ZYDIS_MNEMONIC_ROR].contains(builder.mnemonic)
        if isRotation, !builder.isMemory(0), count > 1 { count += 64 }
        if builder.isMemory(0) {
            builder.emit(
                byCounter ? forms.memoryCounter[size] : forms.memoryImmediate[size],
                memory: 0,
                bytes: bytes,
                access: Access.read | Access.write,
                immediate: count
            )
        } else {
            builder.emit(
                byCounter ? forms.registerCounter[size] : forms.registerImmediate[size],
                destination: builder.registerOffset(0),
                immediate: count
            )
        }
    }
}

/// SALC: AL becomes 0xFF if CF is set, else 0.
private let setCarryInAL: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.setRegister(0, cpu.carry ? UInt8.max : 0)
    next(cpu, Operation(operation))
}

/// The handlers of a shift: each list is by size, 1, 2, 4 and 8 bytes.
struct ShiftForms: Sendable {
    var registerImmediate: [Handler]
    var registerCounter: [Handler]
    var memoryImmediate: [Handler]
    var memoryCounter: [Handler]
}

@inline(__always)
func shiftRegister<O: ShiftOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let value: T = cpu.register(operation.destination)
    cpu.setRegister(operation.destination, O.apply(cpu, value, Int(truncatingIfNeeded: operation.immediate)))
    next(cpu, operation)
}

@inline(__always)
func shiftRegisterByCounter<O: ShiftOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let value: T = cpu.register(operation.destination)
    cpu.setRegister(operation.destination, O.apply(cpu, value, cpu.shiftCount(T.self)))
    next(cpu, operation)
}

@inline(__always)
func shiftMemory<O: ShiftOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(O.apply(cpu, entry.load(address, T.self), Int(truncatingIfNeeded: operation.immediate)), address)
    next(cpu, operation)
}

@inline(__always)
func shiftMemoryByCounter<O: ShiftOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(O.apply(cpu, entry.load(address, T.self), cpu.shiftCount(T.self)), address)
    next(cpu, operation)
}

extension CPU {
    /// The count in CL as shifts of a size take it.
    @inline(__always)
    func shiftCount<T: Word>(_: T.Type) -> Int {
        Int(register(RegisterOffset.general(1), UInt8.self) & (T.bitWidth == 64 ? 63 : 31))
    }
}
