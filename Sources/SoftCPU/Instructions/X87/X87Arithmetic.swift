internal import CZydis

/// FADD, FSUB, FSUBR, FMUL, FDIV, FDIVR in all their forms.
enum X87Arithmetic: InstructionFamily {
    /// A handler with the mnemonics that it executes.
    private struct Form {
        let handler: Handler
        let plain: ZydisMnemonic
        let popping: ZydisMnemonic
        let integer: ZydisMnemonic
    }

    private static let forms = [
        Form(
            handler: { compute($0, $1) { SoftExtended.sum($0, $1, &$2) } },
            plain: ZYDIS_MNEMONIC_FADD,
            popping: ZYDIS_MNEMONIC_FADDP,
            integer: ZYDIS_MNEMONIC_FIADD
        ),
        Form(
            handler: { compute($0, $1) { SoftExtended.difference($0, $1, &$2) } },
            plain: ZYDIS_MNEMONIC_FSUB,
            popping: ZYDIS_MNEMONIC_FSUBP,
            integer: ZYDIS_MNEMONIC_FISUB
        ),
        Form(
            handler: { compute($0, $1) { SoftExtended.difference($1, $0, &$2) } },
            plain: ZYDIS_MNEMONIC_FSUBR,
            popping: ZYDIS_MNEMONIC_FSUBRP,
            integer: ZYDIS_MNEMONIC_FISUBR
        ),
        Form(
            handler: { compute($0, $1) { SoftExtended.product($0, $1, &$2) } },
            plain: ZYDIS_MNEMONIC_FMUL,
            popping: ZYDIS_MNEMONIC_FMULP,
            integer: ZYDIS_MNEMONIC_FIMUL
        ),
        Form(
            handler: { compute($0, $1) { SoftExtended.quotient($0, $1, &$2) } },
            plain: ZYDIS_MNEMONIC_FDIV,
            popping: ZYDIS_MNEMONIC_FDIVP,
            integer: ZYDIS_MNEMONIC_FIDIV
        ),
        Form(
            handler: { compute($0, $1) { SoftExtended.quotient($1, $0, &$2) } },
            plain: ZYDIS_MNEMONIC_FDIVR,
            popping: ZYDIS_MNEMONIC_FDIVRP,
            integer: ZYDIS_MNEMONIC_FIDIVR
        ),
    ]

    static func register(in table: inout InstructionTable) {
        for form in forms {
            table[form.plain] = { emit(&$0, form.handler) }
            table[form.popping] = { emit(&$0, form.handler, pops: 1) }
            table[form.integer] = { $0.emitX87(form.handler, isInteger: true) }
        }
    }

    /// Opcodes DC and DE leave the result in the register that they name, the others in ST(0).
    private static func emit(_ builder: inout BlockBuilder, _ handler: Handler, pops: Int = 0) {
        let isReversed = unsafe builder.instruction.opcode & 4 != 0 && !builder.isMemory(0)
        let register = builder.isMemory(0) ? 0 : builder.x87Register
        builder.emitX87(
            handler,
            destination: isReversed ? register : 0,
            source: isReversed ? 0 : register,
            pops: pops
        )
    }
}

@inline(__always)
private func compute(
    _ state: UInt,
    _ operation: UInt,
    _ body: (SoftExtended, SoftExtended, inout FloatEnvironment) -> SoftExtended
) {
    executeX87(state, operation) { cpu, operation, environment in
        var result = SoftExtended.indefinite
        let destination = Int(operation.destination)
        if cpu.hasX87Operands(operation) {
            let source = cpu.x87Source(operation)
            let left = cpu.state.vector[st: destination]
            result = body(left, source.value, &environment)
            // A NaN, and a division by zero, come before a denormal operand.
            if source.isDenormal, !left.unpacked.isNaN, !environment.raised.contains(.divideByZero) {
                environment.raise(.denormal)
            }
        } else {
            environment.raise(.stackUnderflow)
        }
        guard !environment.isStopped else { return }
        cpu.state.vector[st: destination] = result
        cpu.state.vector.pop(X87Form(operation).pops)
    }
}
