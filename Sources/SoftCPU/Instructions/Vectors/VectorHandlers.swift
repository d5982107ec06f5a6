// What instructions on vector registers have in common. A handler of them is a closure that calls one of these with the
// function that the instruction computes: a C function pointer is made of a closure in which everything is known.

/// The destination becomes a function of itself, another register and the control byte.
@inline(__always)
func combine(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, UInt8) -> Vector128) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let left = cpu.xmm(operation.destination)
    let control = UInt8(truncatingIfNeeded: operation.immediate)
    cpu.setXMM(operation.destination, function(left, cpu.xmm(operation.source), control))
    next(cpu, operation)
}

@inline(__always)
func combine(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128) -> Vector128) {
    combine(state, operation) { left, right, _ in function(left, right) }
}

/// Loads 16 bytes of memory, which must be aligned, for a body that ends with the next operation.
@inline(__always)
func loadingAligned(_ state: UInt, _ operation: UInt, _ body: (CPU, Operation, Vector128) -> Void) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard address & 15 == 0 || cpu.allowsMisalignedVectors else { return raiseMisaligned(cpu, operation) }
    guard entry.allowsRead(address, Vector128.self) else { return miss(cpu, operation) }
    body(cpu, operation, entry.load(address))
}

/// Changes MMX registers, unless an x87 exception waits.
@inline(__always)
func changeHalves(_ state: UInt, _ operation: UInt, _ body: (CPU, Operation) -> Void) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    body(cpu, operation)
    cpu.enterMMX()
    next(cpu, operation)
}

/// As ``combine(_:_:_:)``, with 16 bytes of memory, which must be aligned.
@inline(__always)
func combineLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128, UInt8) -> Vector128) {
    loadingAligned(state, operation) { cpu, operation, right in
        let left = cpu.xmm(operation.destination)
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        cpu.setXMM(operation.destination, function(left, right, control))
        next(cpu, operation)
    }
}

@inline(__always)
func combineLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128) -> Vector128) {
    combineLoaded(state, operation) { left, right, _ in function(left, right) }
}

/// As ``combine(_:_:_:)``, with up to 8 bytes of memory.
@inline(__always)
func combineLoaded<T: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: T.Type,
    _ function: (Vector128, Vector128, UInt8) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let left = cpu.xmm(operation.destination)
    let right = Vector128(low: UInt64(truncatingIfNeeded: entry.load(address, T.self)))
    let control = UInt8(truncatingIfNeeded: operation.immediate)
    cpu.setXMM(operation.destination, function(left, right, control))
    next(cpu, operation)
}

/// As ``combine(_:_:_:)``, on MMX registers.
@inline(__always)
func combineHalves(_ state: UInt, _ operation: UInt, _ function: (UInt64, UInt64, UInt8) -> UInt64) {
    changeHalves(state, operation) { cpu, operation in
        let left = cpu.mmx(operation.destination)
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        cpu.setMMX(operation.destination, function(left, cpu.mmx(operation.source), control))
    }
}

@inline(__always)
func combineHalves(_ state: UInt, _ operation: UInt, _ function: (UInt64, UInt64) -> UInt64) {
    combineHalves(state, operation) { left, right, _ in function(left, right) }
}

@inline(__always)
func combineHalves(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128) -> Vector128) {
    combineHalves(state, operation) { left, right, _ in function(Vector128(low: left), Vector128(low: right)).low }
}

/// As ``combineHalves(_:_:_:)``, with 8 bytes of memory, or 4.
@inline(__always)
func combineLoadedHalf<T: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: T.Type,
    _ function: (UInt64, UInt64, UInt8) -> UInt64
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let left = cpu.mmx(operation.destination)
    let right = UInt64(truncatingIfNeeded: entry.load(address, T.self))
    let control = UInt8(truncatingIfNeeded: operation.immediate)
    cpu.setMMX(operation.destination, function(left, right, control))
    cpu.enterMMX()
    next(cpu, operation)
}

@inline(__always)
func combineLoadedHalf(_ state: UInt, _ operation: UInt, _ function: (UInt64, UInt64) -> UInt64) {
    combineLoadedHalf(state, operation, UInt64.self) { left, right, _ in function(left, right) }
}

@inline(__always)
func combineLoadedHalf(_ state: UInt, _ operation: UInt, _ function: (Vector128, Vector128) -> Vector128) {
    combineLoadedHalf(state, operation, UInt64.self) { left, right, _ in
        function(Vector128(low: left), Vector128(low: right)).low
    }
}

extension CPU {
    /// Whether MXCSR allows operands that are not aligned.
    var allowsMisalignedVectors: Bool { state.vector.mxcsr & MXCSR.misaligned != 0 }
}

/// Raises #GP(0): an operand of 16 bytes is not aligned.
@inline(never)
func raiseMisaligned(_ cpu: CPU, _ operation: Operation) { raise(cpu, operation, .protection()) }

/// Reports a pending x87 exception.
@inline(never)
func raisePending(_ cpu: CPU, _ operation: Operation) {
    do { try cpu.waitForX87() } catch { raise(cpu, operation, error) }
}
