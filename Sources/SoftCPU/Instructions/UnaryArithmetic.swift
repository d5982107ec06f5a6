internal import CZydis

/// INC, DEC, NEG, NOT.
enum UnaryArithmetic: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_INC] = { emit(&$0, .increment) }
        table[ZYDIS_MNEMONIC_DEC] = { emit(&$0, .decrement) }
        table[ZYDIS_MNEMONIC_NEG] = { emit(&$0, .negate) }
        table[ZYDIS_MNEMONIC_NOT] = { emit(&$0, .invert) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ forms: UnaryForms) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount
        if builder.isMemory(0) {
            builder.emit(forms.memory[size], memory: 0, bytes: bytes, access: Access.read | Access.write)
        } else {
            builder.emit(forms.register[size], destination: builder.registerOffset(0))
        }
    }
}

/// The handlers of an instruction with one operand: each list is by size, 1, 2, 4 and 8 bytes.
struct UnaryForms: Sendable {
    var register: [Handler]
    var memory: [Handler]
}

/// An instruction that changes one operand.
protocol UnaryOperation {
    static func apply<T: Word>(_ cpu: CPU, _ value: T) -> T
}

enum Increment: UnaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T) -> T {
        let result = value &+ 1
        cpu.setFlagsButCarry(result: result, carries: value & ~result)
        return result
    }
}

enum Decrement: UnaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T) -> T {
        let result = value &- 1
        cpu.setFlagsButCarry(result: result, carries: ~value & result)
        return result
    }
}

enum Negate: UnaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T) -> T { Subtract.apply(cpu, 0, value) }
}

enum Invert: UnaryOperation {
    @inline(__always)
    static func apply<T: Word>(_ cpu: CPU, _ value: T) -> T { ~value }
}

@inline(__always)
func unaryRegister<O: UnaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, O.apply(cpu, cpu.register(operation.destination, T.self)))
    next(cpu, operation)
}

@inline(__always)
func unaryMemory<O: UnaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(O.apply(cpu, entry.load(address, T.self)), address)
    next(cpu, operation)
}
