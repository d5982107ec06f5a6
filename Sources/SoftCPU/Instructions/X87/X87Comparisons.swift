internal import CZydis

/// FCOM, FUCOM, FICOM, FCOMI and FUCOMI with what they pop, FTST and FXAM.
enum X87Comparisons: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        let forms: [(ZydisMnemonic, Handler, pops: Int)] = [
            (ZYDIS_MNEMONIC_FCOM, compareSignalling, 0), (ZYDIS_MNEMONIC_FCOMP, compareSignalling, 1),
            (ZYDIS_MNEMONIC_FCOMPP, compareSignalling, 2), (ZYDIS_MNEMONIC_FUCOM, compareQuiet, 0),
            (ZYDIS_MNEMONIC_FUCOMP, compareQuiet, 1), (ZYDIS_MNEMONIC_FUCOMPP, compareQuiet, 2),
            (ZYDIS_MNEMONIC_FCOMI, compareSignallingToFlags, 0), (ZYDIS_MNEMONIC_FCOMIP, compareSignallingToFlags, 1),
            (ZYDIS_MNEMONIC_FUCOMI, compareQuietToFlags, 0), (ZYDIS_MNEMONIC_FUCOMIP, compareQuietToFlags, 1),
        ]
        for (mnemonic, handler, pops) in forms {
            table[mnemonic] = { $0.emitX87(handler, source: $0.x87Register, pops: pops) }
        }
        table[ZYDIS_MNEMONIC_FICOM] = { $0.emitX87(compareSignalling, isInteger: true) }
        table[ZYDIS_MNEMONIC_FICOMP] = { $0.emitX87(compareSignalling, isInteger: true, pops: 1) }
        table[ZYDIS_MNEMONIC_FTST] = { $0.emitX87(compareWithZero) }
        table[ZYDIS_MNEMONIC_FXAM] = { $0.emitX87(examine) }
    }
}

private let compareSignalling: Handler = { compare($0, $1, isSignalling: true) { $0.setConditions(of: $1) } }
private let compareQuiet: Handler = { compare($0, $1, isSignalling: false) { $0.setConditions(of: $1) } }
private let compareSignallingToFlags: Handler = {
    compare($0, $1, isSignalling: true, keepsC1: true) { $0.setFlags(of: $1) }
}
private let compareQuietToFlags: Handler = {
    compare($0, $1, isSignalling: false, keepsC1: true) { $0.setFlags(of: $1) }
}

/// - Parameter isSignalling: a quiet NaN is invalid too.
/// - Parameter keepsC1: C1 stays as it was where no register is empty.
@inline(__always)
private func compare(
    _ state: UInt,
    _ operation: UInt,
    isSignalling: Bool,
    keepsC1: Bool = false,
    _ store: (CPU, FloatRelation) -> Void
) {
    let c1 = keepsC1 ? CPU(state).state.vector.statusWord & X87Status.c1 : 0
    executeX87(state, operation) { cpu, operation, environment in
        var relation = FloatRelation.unordered
        if cpu.hasX87Operands(operation) {
            let source = cpu.x87Source(operation)
            let left = cpu.state.vector[st: 0]
            relation = SoftExtended.compare(left, source.value, isSignalling: isSignalling, &environment)
            if source.isDenormal, relation != .unordered { environment.raise(.denormal) }
            cpu.state.vector.setConditions(c1, of: X87Status.c1)
        } else {
            environment.raise(.stackUnderflow)
        }
        store(cpu, relation)
        if !environment.isStopped { cpu.state.vector.pop(X87Form(operation).pops) }
    }
}

private let compareWithZero: Handler = {
    executeX87($0, $1) { cpu, _, environment in
        var relation = FloatRelation.unordered
        if cpu.state.vector.isUsed(0) {
            relation = SoftExtended.compare(cpu.state.vector[st: 0], .zero(false), isSignalling: true, &environment)
        } else {
            environment.raise(.stackUnderflow)
        }
        cpu.setConditions(of: relation)
    }
}

/// The class of ST(0) and its sign in C1, which an empty register has too.
private let examine: Handler = {
    executeX87($0, $1) { cpu, _, _ in
        let number = cpu.state.vector[st: 0].unpacked
        var codes: UInt16
        if !cpu.state.vector.isUsed(0) {
            codes = X87Status.c3 | X87Status.c0
        } else {
            codes =
                switch number.kind {
                case .unsupported: 0
                case .quiet, .signalling: X87Status.c0
                case .infinity: X87Status.c2 | X87Status.c0
                case .zero: X87Status.c3
                case .finite: number.isDenormal ? X87Status.c3 | X87Status.c2 : X87Status.c2
                }
        }
        if number.isNegative { codes |= X87Status.c1 }
        cpu.state.vector.setConditions(codes, of: X87Status.conditions)
    }
}

extension CPU {
    /// Sets C3, C2 and C0.
    @inline(__always)
    fileprivate func setConditions(of relation: FloatRelation) {
        let codes: UInt16 =
            switch relation {
            case .greater: 0
            case .less: X87Status.c0
            case .equal: X87Status.c3
            case .unordered: X87Status.c3 | X87Status.c2 | X87Status.c0
            }
        state.vector.setConditions(codes, of: X87Status.c3 | X87Status.c2 | X87Status.c0)
    }

    /// Sets ZF, PF and CF, and clears the other arithmetic flags.
    @inline(__always)
    func setFlags(of relation: FloatRelation) {
        let flags: UInt64 =
            switch relation {
            case .greater: 0
            case .less: Flag.carry
            case .equal: Flag.zero
            case .unordered: Flag.zero | Flag.parity | Flag.carry
            }
        setArithmeticFlags(flags)
    }
}
