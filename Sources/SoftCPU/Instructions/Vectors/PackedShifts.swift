internal import CZydis

/// Shifts of lanes of XMM and MMX registers, by a register, memory or an immediate, and of whole registers.
enum PackedShifts: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table.enter(
            ZYDIS_MNEMONIC_PSLLW,
            VectorForms(
                register: { shift($0, $1, Packed.psllw) },
                memory: { shiftByLoaded($0, $1, Packed.psllw) },
                immediate: { shiftByImmediate($0, $1, Packed.psllw) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psllw) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psllw) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psllw) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSLLD,
            VectorForms(
                register: { shift($0, $1, Packed.pslld) },
                memory: { shiftByLoaded($0, $1, Packed.pslld) },
                immediate: { shiftByImmediate($0, $1, Packed.pslld) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.pslld) },
                memory: { shiftHalfByLoaded($0, $1, Packed.pslld) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.pslld) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSLLQ,
            VectorForms(
                register: { shift($0, $1, Packed.psllq) },
                memory: { shiftByLoaded($0, $1, Packed.psllq) },
                immediate: { shiftByImmediate($0, $1, Packed.psllq) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psllq) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psllq) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psllq) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSRLW,
            VectorForms(
                register: { shift($0, $1, Packed.psrlw) },
                memory: { shiftByLoaded($0, $1, Packed.psrlw) },
                immediate: { shiftByImmediate($0, $1, Packed.psrlw) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psrlw) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psrlw) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psrlw) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSRLD,
            VectorForms(
                register: { shift($0, $1, Packed.psrld) },
                memory: { shiftByLoaded($0, $1, Packed.psrld) },
                immediate: { shiftByImmediate($0, $1, Packed.psrld) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psrld) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psrld) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psrld) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSRLQ,
            VectorForms(
                register: { shift($0, $1, Packed.psrlq) },
                memory: { shiftByLoaded($0, $1, Packed.psrlq) },
                immediate: { shiftByImmediate($0, $1, Packed.psrlq) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psrlq) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psrlq) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psrlq) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSRAW,
            VectorForms(
                register: { shift($0, $1, Packed.psraw) },
                memory: { shiftByLoaded($0, $1, Packed.psraw) },
                immediate: { shiftByImmediate($0, $1, Packed.psraw) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psraw) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psraw) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psraw) }
            )
        )
        table.enter(
            ZYDIS_MNEMONIC_PSRAD,
            VectorForms(
                register: { shift($0, $1, Packed.psrad) },
                memory: { shiftByLoaded($0, $1, Packed.psrad) },
                immediate: { shiftByImmediate($0, $1, Packed.psrad) }
            ),
            VectorForms(
                register: { shiftHalf($0, $1, Packed.psrad) },
                memory: { shiftHalfByLoaded($0, $1, Packed.psrad) },
                immediate: { shiftHalfByImmediate($0, $1, Packed.psrad) }
            )
        )
        table[ZYDIS_MNEMONIC_PSLLDQ] = { $0.emitVector(leftByBytes) }
        table[ZYDIS_MNEMONIC_PSRLDQ] = { $0.emitVector(rightByBytes) }
    }
}

private let leftByBytes = VectorForms(
    register: invalidOpcodeHandler,
    memory: invalidOpcodeHandler,
    immediate: { shiftByImmediate($0, $1, Packed.pslldq) }
)
private let rightByBytes = VectorForms(
    register: invalidOpcodeHandler,
    memory: invalidOpcodeHandler,
    immediate: { shiftByImmediate($0, $1, Packed.psrldq) }
)

@inline(__always)
private func shift(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combine(state, operation) { value, count, _ in function(value, count.low) }
}

@inline(__always)
private func shiftByLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combineLoaded(state, operation) { value, count, _ in function(value, count.low) }
}

@inline(__always)
private func shiftByImmediate(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combine(state, operation) { value, _, count in function(value, UInt64(count)) }
}

@inline(__always)
private func shiftHalf(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combineHalves(state, operation) { value, count, _ in function(Vector128(low: value), count).low }
}

@inline(__always)
private func shiftHalfByLoaded(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combineLoadedHalf(state, operation, UInt64.self) { value, count, _ in function(Vector128(low: value), count).low }
}

@inline(__always)
private func shiftHalfByImmediate(_ state: UInt, _ operation: UInt, _ function: (Vector128, UInt64) -> Vector128) {
    combineHalves(state, operation) { value, _, count in function(Vector128(low: value), UInt64(count)).low }
}
