/// The handlers of an instruction with two operands: each list is by size, 1, 2, 4 and 8 bytes.
struct BinaryForms: Sendable {
    var registerRegister: [Handler]
    var registerImmediate: [Handler]
    var registerMemory: [Handler]
    var memoryRegister: [Handler]
    var memoryImmediate: [Handler]
}

@inline(__always)
func combineRegisters<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left: T = cpu.register(operation.destination)
    let result = O.apply(cpu, left, cpu.register(operation.source))
    if O.self != Compare.self, O.self != Test.self { cpu.setRegister(operation.destination, result) }
    next(cpu, operation)
}

@inline(__always)
func combineImmediate<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left: T = cpu.register(operation.destination)
    let result = O.apply(cpu, left, T(truncatingIfNeeded: operation.immediate))
    if O.self != Compare.self, O.self != Test.self { cpu.setRegister(operation.destination, result) }
    next(cpu, operation)
}

@inline(__always)
func combineMemory<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let left: T = cpu.register(operation.destination)
    let result = O.apply(cpu, left, entry.load(address))
    if O.self != Compare.self, O.self != Test.self { cpu.setRegister(operation.destination, result) }
    next(cpu, operation)
}

@inline(__always)
func combineIntoMemory<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(O.apply(cpu, entry.load(address, T.self), cpu.register(operation.source)), address)
    next(cpu, operation)
}

@inline(__always)
func combineImmediateIntoMemory<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    let right = T(truncatingIfNeeded: operation.immediate)
    entry.store(O.apply(cpu, entry.load(address, T.self), right), address)
    next(cpu, operation)
}

/// As ``combineIntoMemory(_:_:_:_:)``, for what only compares.
@inline(__always)
func comparedRegister<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    _ = O.apply(cpu, entry.load(address, T.self), cpu.register(operation.source))
    next(cpu, operation)
}

/// As ``combineImmediateIntoMemory(_:_:_:_:)``, for what only compares.
@inline(__always)
func comparedImmediate<O: BinaryOperation, T: Word>(_ state: UInt, _ operation: UInt, _: O.Type, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    _ = O.apply(cpu, entry.load(address, T.self), T(truncatingIfNeeded: operation.immediate))
    next(cpu, operation)
}

/// Goes on where an access finds no translation. By a pointer in the registers: a call that the compiler can see through
/// would make every load save registers.
@inline(__always)
func miss(_ cpu: CPU, _ operation: Operation) {
    cpu.state.missHandler(cpu.address, operation.address)
}
