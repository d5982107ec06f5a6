extension MoveForms {
    static let aligned = MoveForms(
        register: { transform($0, $1) { $0 } },
        load: { loadVector($0, $1, alignment: 15) },
        store: { storeVector($0, $1, alignment: 15) }
    )
    static let unaligned = MoveForms(
        register: { transform($0, $1) { $0 } },
        load: { loadVector($0, $1, alignment: 0) },
        store: { storeVector($0, $1, alignment: 0) }
    )
    static let single = MoveForms(
        register: { moveLow($0, $1, UInt32.self) },
        load: { transformLoaded($0, $1, UInt32.self) { $0 } },
        store: { storeLow($0, $1, UInt32.self) }
    )
    static let double = MoveForms(
        register: { moveLow($0, $1, UInt64.self) },
        load: { transformLoaded($0, $1, UInt64.self) { $0 } },
        store: { storeLow($0, $1, UInt64.self) }
    )
    /// MOVLPS and MOVHLPS.
    static let lowHalf = MoveForms(
        register: { combine($0, $1) { Vector128(low: $1.high, high: $0.high) } },
        load: { combineLoaded($0, $1, UInt64.self) { left, right, _ in Vector128(low: right.low, high: left.high) } },
        store: { storeLow($0, $1, UInt64.self) }
    )
    /// MOVHPS and MOVLHPS.
    static let highHalf = MoveForms(
        register: { combine($0, $1) { Vector128(low: $0.low, high: $1.low) } },
        load: { combineLoaded($0, $1, UInt64.self) { left, right, _ in Vector128(low: left.low, high: right.low) } },
        store: { storeWord($0, $1) { $0.high } }
    )
}

extension ScalarForms {
    static let xmm = ScalarForms(
        load: [
            { transformLoaded($0, $1, UInt32.self) { $0 } }, { transformLoaded($0, $1, UInt64.self) { $0 } },
        ],
        store: [{ storeLow($0, $1, UInt32.self) }, { storeLow($0, $1, UInt64.self) }],
        fromGeneral: [{ generalToVector($0, $1, UInt32.self) }, { generalToVector($0, $1, UInt64.self) }],
        toGeneral: [{ vectorToGeneral($0, $1, UInt32.self) }, { vectorToGeneral($0, $1, UInt64.self) }],
        register: { transform($0, $1) { Vector128(low: $0.low) } }
    )
    static let mmx = ScalarForms(
        load: [
            { combineLoadedHalf($0, $1, UInt32.self) { _, source, _ in source } },
            { combineLoadedHalf($0, $1, UInt64.self) { _, source, _ in source } },
        ],
        store: [{ storeHalf($0, $1, UInt32.self) }, { storeHalf($0, $1, UInt64.self) }],
        fromGeneral: [{ generalToHalf($0, $1, UInt32.self) }, { generalToHalf($0, $1, UInt64.self) }],
        toGeneral: [{ halfToGeneral($0, $1, UInt32.self) }, { halfToGeneral($0, $1, UInt64.self) }],
        register: { combineHalves($0, $1) { _, source, _ in source } }
    )
}

/// Loads 16 bytes. MXCSR does not change which addresses a move allows (AMD APM vol. 1, 4.2.2).
@inline(__always)
private func loadVector(_ state: UInt, _ operation: UInt, alignment: UInt64) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard address & alignment == 0 else { return raiseMisaligned(cpu, operation) }
    guard entry.allowsRead(address, Vector128.self) else { return miss(cpu, operation) }
    cpu.setXMM(operation.destination, entry.load(address, Vector128.self))
    next(cpu, operation)
}

@inline(__always)
private func storeVector(_ state: UInt, _ operation: UInt, alignment: UInt64) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard address & alignment == 0 else { return raiseMisaligned(cpu, operation) }
    guard entry.allowsWrite(address, Vector128.self) else { return miss(cpu, operation) }
    entry.store(cpu.xmm(operation.source), address)
    next(cpu, operation)
}

@inline(__always)
private func storeLow<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    storeWord(state, operation) { T(truncatingIfNeeded: $0.low) }
}

@inline(__always)
private func storeWord<T: Word>(_ state: UInt, _ operation: UInt, _ part: (Vector128) -> T) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(part(cpu.xmm(operation.source)), address)
    next(cpu, operation)
}

@inline(__always)
private func storeHalf<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    guard !cpu.mustWaitForX87 else { return raisePending(cpu, operation) }
    let address = cpu.linearAddress(operation)
    let entry = cpu.translation(of: address)
    guard entry.allowsWrite(address, T.self) else { return miss(cpu, operation) }
    entry.store(T(truncatingIfNeeded: cpu.mmx(operation.source)), address)
    cpu.enterMMX()
    next(cpu, operation)
}

/// MOVSS and MOVSD between registers: the rest of the destination stays.
@inline(__always)
private func moveLow<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setXMM(operation.destination, low: cpu.xmm(operation.source, T.self))
    next(cpu, operation)
}

@inline(__always)
private func generalToVector<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    let value = cpu.register(operation.source, T.self)
    cpu.setXMM(operation.destination, Vector128(low: UInt64(truncatingIfNeeded: value)))
    next(cpu, operation)
}

@inline(__always)
private func vectorToGeneral<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.setRegister(operation.destination, cpu.xmm(operation.source, T.self))
    next(cpu, operation)
}

@inline(__always)
private func generalToHalf<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    changeHalves(state, operation) { cpu, operation in
        cpu.setMMX(operation.destination, UInt64(truncatingIfNeeded: cpu.register(operation.source, T.self)))
    }
}

@inline(__always)
private func halfToGeneral<T: Word>(_ state: UInt, _ operation: UInt, _: T.Type) {
    changeHalves(state, operation) { cpu, operation in
        cpu.setRegister(operation.destination, T(truncatingIfNeeded: cpu.mmx(operation.source)))
    }
}

/// MOVQ2DQ.
let halfToVector: Handler = {
    changeHalves($0, $1) { cpu, operation in
        cpu.setXMM(operation.destination, Vector128(low: cpu.mmx(operation.source)))
    }
}

/// MOVDQ2Q.
let vectorToHalf: Handler = {
    changeHalves($0, $1) { cpu, operation in
        cpu.setMMX(operation.destination, cpu.xmm(operation.source, UInt64.self))
    }
}
