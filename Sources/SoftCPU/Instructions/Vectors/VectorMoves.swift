internal import CZydis

/// MOVAPS, MOVUPS, MOVD, MOVQ and all others that move whole or partial XMM and MMX registers unchanged.
enum VectorMoves: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        for mnemonic in [
            ZYDIS_MNEMONIC_MOVAPS, ZYDIS_MNEMONIC_MOVAPD, ZYDIS_MNEMONIC_MOVDQA, ZYDIS_MNEMONIC_MOVNTPS,
            ZYDIS_MNEMONIC_MOVNTPD, ZYDIS_MNEMONIC_MOVNTDQ, ZYDIS_MNEMONIC_MOVNTDQA,
        ] {
            table[mnemonic] = { emit(&$0, .aligned) }
        }
        for mnemonic in [
            ZYDIS_MNEMONIC_MOVUPS, ZYDIS_MNEMONIC_MOVUPD, ZYDIS_MNEMONIC_MOVDQU, ZYDIS_MNEMONIC_LDDQU,
        ] {
            table[mnemonic] = { emit(&$0, .unaligned) }
        }
        table[ZYDIS_MNEMONIC_MOVSS] = { emit(&$0, .single) }
        let string = table[ZYDIS_MNEMONIC_MOVSD]
        table[ZYDIS_MNEMONIC_MOVSD] = { builder in
            if builder.isXMM(0) || builder.isXMM(1) { emit(&builder, .double) } else { string?(&builder) }
        }
        for mnemonic in [
            ZYDIS_MNEMONIC_MOVLPS, ZYDIS_MNEMONIC_MOVLPD, ZYDIS_MNEMONIC_MOVHLPS,
        ] {
            table[mnemonic] = { emit(&$0, .lowHalf) }
        }
        for mnemonic in [
            ZYDIS_MNEMONIC_MOVHPS, ZYDIS_MNEMONIC_MOVHPD, ZYDIS_MNEMONIC_MOVLHPS,
        ] {
            table[mnemonic] = { emit(&$0, .highHalf) }
        }
        table[ZYDIS_MNEMONIC_MOVD] = { emitScalar(&$0) }
        table[ZYDIS_MNEMONIC_MOVQ] = { emitScalar(&$0) }
        table[ZYDIS_MNEMONIC_MOVNTQ] = { emitScalar(&$0) }
        table[ZYDIS_MNEMONIC_MOVNTI] = table[ZYDIS_MNEMONIC_MOV]
        table[ZYDIS_MNEMONIC_MOVQ2DQ] = { emitBetween(&$0, halfToVector) }
        table[ZYDIS_MNEMONIC_MOVDQ2Q] = { emitBetween(&$0, vectorToHalf) }
    }

    /// Between XMM registers, or one and memory.
    private static func emit(_ builder: inout BlockBuilder, _ forms: MoveForms) {
        builder.requireSSE()
        if builder.isMemory(0) {
            builder.emit(
                forms.store,
                memory: 0,
                bytes: builder.bytes(0),
                access: Access.write,
                source: builder.vectorNumber(1)
            )
        } else if builder.isMemory(1) {
            builder.emit(
                forms.load,
                memory: 1,
                bytes: builder.bytes(1),
                access: Access.read,
                destination: builder.vectorNumber(0)
            )
        } else {
            emitRegisters(&builder, forms.register)
        }
    }

    private static func emitRegisters(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.emit(handler, destination: builder.vectorNumber(0), source: builder.vectorNumber(1))
    }

    private static func emitBetween(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.requireSSE()
        emitRegisters(&builder, handler)
    }

    /// MOVD and MOVQ: the low bytes of a vector register, with memory, a general register or another vector register.
    private static func emitScalar(_ builder: inout BlockBuilder) {
        builder.requireVectors()
        let isLoad = builder.isXMM(0) || builder.isMMX(0)
        let vector = isLoad ? 0 : 1
        let other = 1 - vector
        let forms = builder.isMMX(vector) ? ScalarForms.mmx : .xmm
        // MOVD has 8 bytes in a register of as many where REX.W is set.
        let size = builder.bytes(other) == 4 ? 0 : 1
        let number = builder.vectorNumber(vector)
        if builder.isMemory(other) {
            builder.emit(
                isLoad ? forms.load[size] : forms.store[size],
                memory: other,
                bytes: builder.bytes(other),
                access: isLoad ? Access.read : Access.write,
                destination: isLoad ? number : 0,
                source: isLoad ? 0 : number
            )
        } else if builder.kind(other) == .general {
            let general = builder.registerOffset(other)
            builder.emit(
                isLoad ? forms.fromGeneral[size] : forms.toGeneral[size],
                destination: isLoad ? number : general,
                source: isLoad ? general : number
            )
        } else {
            emitRegisters(&builder, forms.register)
        }
    }
}

/// The handlers of moves between vector registers or one and memory.
struct MoveForms: Sendable {
    var register: Handler
    var load: Handler
    var store: Handler
}

/// The handlers of MOVD and MOVQ; the lists are of 4 and 8 bytes.
struct ScalarForms: Sendable {
    var load: [Handler]
    var store: [Handler]
    var fromGeneral: [Handler]
    var toGeneral: [Handler]
    var register: Handler
}
