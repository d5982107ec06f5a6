// What instructions on floating-point lanes have in common. The computation is a function of its own, because a handler that has
// variables whose address is known elsewhere cannot go on by a jump.

extension CPU {
    /// Adds what an operation raised to MXCSR; whether none of it is unmasked. The destination may be written only then.
    @inline(__always)
    func accept(_ environment: FloatEnvironment) -> Bool {
        state.vector.mxcsr |= environment.mxcsrFlags
        return !environment.isUnmasked
    }

    /// MXCSR rounds to nearest, takes denormals as they are, masks all exceptions and has had an inexact result: an operation
    /// that can raise nothing else leaves it as it is, so that the host's result is the whole effect.
    @inline(__always)
    var hasHostRounding: Bool { state.vector.mxcsr & 0xFFE0 == 0x1FA0 }

    /// Computes one lane.
    @inline(never)
    func computeScalar<O: FloatOperation, F: LaneFormat>(
        _ operation: Operation,
        _ right: F,
        _: O.Type
    ) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr, quirks: state.quirks)
        let left = F(bits: xmm(operation.destination, F.Bits.self))
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        let result = O.compute(left, right, control, &environment)
        guard accept(environment) else { return false }
        setXMM(operation.destination, low: result.bits)
        return true
    }

    /// Computes all lanes.
    @inline(never)
    func computePacked<O: FloatOperation, F: LaneFormat>(
        _ operation: Operation,
        _ right: Vector128,
        _: O.Type,
        _: F.Type
    ) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr, quirks: state.quirks)
        let left = xmm(operation.destination)
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        let result = Vector128(F.self) {
            O.compute(left.lane($0), right.lane($0), control, &environment)
        }
        guard accept(environment) else { return false }
        setXMM(operation.destination, result)
        return true
    }

    /// Computes by a function of both operands.
    @inline(never)
    func computeWhole(
        _ operation: Operation,
        _ right: Vector128,
        _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
    ) -> Bool {
        var environment = FloatEnvironment(mxcsr: state.vector.mxcsr, quirks: state.quirks)
        let control = UInt8(truncatingIfNeeded: operation.immediate)
        let result = function(xmm(operation.destination), right, control, &environment)
        guard accept(environment) else { return false }
        setXMM(operation.destination, result)
        return true
    }
}

/// Raises #XM, or #UD where the system has not said that it knows that one (Intel SDM vol. 3, 2.5, CR4.OSXMMEXCPT).
@inline(never)
func raiseFloat(_ cpu: CPU, _ operation: Operation) {
    raise(cpu, operation, cpu.state.cr4 & CR4.simdExceptions != 0 ? .simdFloatingPoint : .invalidOpcode)
}

/// One lane, of two registers.
@inline(__always)
func scalar<O: FloatOperation, F: LaneFormat>(_ state: UInt, _ operation: UInt, _: O.Type, _: F.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    finishScalar(cpu, operation, F(bits: cpu.xmm(operation.source, F.Bits.self)), O.self)
}

/// One lane, of a register and memory.
@inline(__always)
func scalarLoaded<O: FloatOperation, F: LaneFormat>(_ state: UInt, _ operation: UInt, _: O.Type, _: F.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, F.Bits.self) else { return miss(cpu, operation) }
    finishScalar(cpu, operation, F(bits: entry.load(address)), O.self)
}

@inline(__always)
private func finishScalar<O: FloatOperation, F: LaneFormat>(
    _ cpu: CPU,
    _ operation: Operation,
    _ right: F,
    _: O.Type
) {
    let left = F(bits: cpu.xmm(operation.destination, F.Bits.self))
    if cpu.hasHostRounding, left.isOrdinary, right.isOrdinary, let host = O.host(left.host, right.host) {
        let result = F(host)
        if result.isOrdinaryResult {
            cpu.setXMM(operation.destination, low: result.bits)
            return next(cpu, operation)
        }
    }
    guard cpu.computeScalar(operation, right, O.self) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

/// All lanes, of two registers.
@inline(__always)
func packed<O: FloatOperation, F: LaneFormat>(_ state: UInt, _ operation: UInt, _: O.Type, _: F.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard cpu.computePacked(operation, cpu.xmm(operation.source), O.self, F.self) else {
        return raiseFloat(cpu, operation)
    }
    next(cpu, operation)
}

/// All lanes, of a register and memory.
@inline(__always)
func packedLoaded<O: FloatOperation, F: LaneFormat>(_ state: UInt, _ operation: UInt, _: O.Type, _: F.Type) {
    loadingAligned(state, operation) { cpu, operation, right in
        guard cpu.computePacked(operation, right, O.self, F.self) else { return raiseFloat(cpu, operation) }
        next(cpu, operation)
    }
}

/// The destination becomes a function of both registers.
@inline(__always)
func compute(
    _ state: UInt,
    _ operation: UInt,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard cpu.computeWhole(operation, cpu.xmm(operation.source), function) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}

/// As ``compute(_:_:_:)``, with 16 bytes of memory, which must be aligned.
@inline(__always)
func computeLoaded(
    _ state: UInt,
    _ operation: UInt,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    loadingAligned(state, operation) { cpu, operation, right in
        guard cpu.computeWhole(operation, right, function) else { return raiseFloat(cpu, operation) }
        next(cpu, operation)
    }
}

/// As ``compute(_:_:_:)``, with 4 or 8 bytes of memory.
@inline(__always)
func computeLoaded<T: Word>(
    _ state: UInt,
    _ operation: UInt,
    _: T.Type,
    _ function: (Vector128, Vector128, UInt8, inout FloatEnvironment) -> Vector128
) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsRead(address, T.self) else { return miss(cpu, operation) }
    let right = Vector128(low: UInt64(truncatingIfNeeded: entry.load(address, T.self)))
    guard cpu.computeWhole(operation, right, function) else { return raiseFloat(cpu, operation) }
    next(cpu, operation)
}
