internal import CZydis

/// FXCH, FCMOVcc, FFREE, FFREEP, FINCSTP, FDECSTP, FNOP, FCHS, FABS: what moves registers about.
enum X87Registers: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_FXCH] = { $0.emitX87(exchange, source: $0.x87Register) }
        table[ZYDIS_MNEMONIC_FFREE] = { $0.emitX87(free, destination: $0.x87Register) }
        table[ZYDIS_MNEMONIC_FFREEP] = { $0.emitX87(free, destination: $0.x87Register, pops: 1) }
        table[ZYDIS_MNEMONIC_FINCSTP] = { $0.emitX87(rotate, source: 1) }
        table[ZYDIS_MNEMONIC_FDECSTP] = { $0.emitX87(rotate, source: 7) }
        table[ZYDIS_MNEMONIC_FNOP] = { $0.emitX87(nothing) }
        table[ZYDIS_MNEMONIC_FCHS] = { $0.emitX87(changeSign) }
        table[ZYDIS_MNEMONIC_FABS] = { $0.emitX87(clearSign) }
        let moves: [(ZydisMnemonic, Handler)] = [
            (ZYDIS_MNEMONIC_FCMOVB, { move($0, $1, Below.self) }),
            (ZYDIS_MNEMONIC_FCMOVE, { move($0, $1, Equal.self) }),
            (ZYDIS_MNEMONIC_FCMOVBE, { move($0, $1, BelowOrEqual.self) }),
            (ZYDIS_MNEMONIC_FCMOVU, { move($0, $1, EvenParity.self) }),
            (ZYDIS_MNEMONIC_FCMOVNB, { move($0, $1, Not<Below>.self) }),
            (ZYDIS_MNEMONIC_FCMOVNE, { move($0, $1, Not<Equal>.self) }),
            (ZYDIS_MNEMONIC_FCMOVNBE, { move($0, $1, Not<BelowOrEqual>.self) }),
            (ZYDIS_MNEMONIC_FCMOVNU, { move($0, $1, Not<EvenParity>.self) }),
        ]
        for (mnemonic, handler) in moves { table[mnemonic] = { $0.emitX87(handler, source: $0.x87Register) } }
    }
}

private let exchange: Handler = {
    executeX87($0, $1) { cpu, operation, environment in
        let source = Int(operation.source)
        let isFirstUsed = cpu.state.vector.isUsed(0)
        let isSecondUsed = cpu.state.vector.isUsed(source)
        if !isFirstUsed || !isSecondUsed { environment.raise(.stackUnderflow) }
        guard !environment.isStopped else { return }
        let first = isFirstUsed ? cpu.state.vector[st: 0] : .indefinite
        cpu.state.vector[st: 0] = isSecondUsed ? cpu.state.vector[st: source] : .indefinite
        cpu.state.vector[st: source] = first
    }
}

private let free: Handler = {
    executeX87($0, $1) { cpu, operation, _ in
        cpu.state.vector.free(Int(operation.destination))
        cpu.state.vector.pop(X87Form(operation).pops)
    }
}

private let rotate: Handler = {
    executeX87($0, $1) { cpu, operation, _ in cpu.state.vector.top += Int(operation.source) }
}

/// FNOP, which leaves C1 alone.
private let nothing: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.finishX87(operation, cpu.x87Environment, address: 0)
    next(cpu, operation)
}

private let changeSign: Handler = { setSign($0, $1) { $0 ^ 0x8000 } }
private let clearSign: Handler = { setSign($0, $1) { $0 & 0x7FFF } }

/// Changes the sign of anything that is in ST(0), NaNs and what is no number too.
@inline(__always)
private func setSign(_ state: UInt, _ operation: UInt, _ change: (UInt16) -> UInt16) {
    executeX87(state, operation) { cpu, _, environment in
        var result = SoftExtended.indefinite
        if cpu.state.vector.isUsed(0) {
            result = cpu.state.vector[st: 0]
            result.signAndExponent = change(result.signAndExponent)
        } else {
            environment.raise(.stackUnderflow)
        }
        if !environment.isStopped { cpu.state.vector[st: 0] = result }
    }
}

/// FCMOVcc, which finds empty registers whether the condition holds or not, and leaves C1 if there is none.
@inline(__always)
private func move<C: Condition>(_ state: UInt, _ operation: UInt, _: C.Type) {
    let c1 = CPU(state).state.vector.statusWord & X87Status.c1
    executeX87(state, operation) { cpu, operation, environment in
        guard cpu.hasX87Operands(operation) else {
            environment.raise(.stackUnderflow)
            if !environment.isStopped { cpu.state.vector[st: 0] = .indefinite }
            return
        }
        cpu.state.vector.setConditions(c1, of: X87Status.c1)
        if C.holds(cpu) { cpu.state.vector[st: 0] = cpu.state.vector[st: Int(operation.source)] }
    }
}
