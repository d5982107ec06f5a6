internal import CZydis

/// ADD, ADC, SUB, SBB, AND, OR, XOR, CMP, TEST.
enum BinaryArithmetic: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_ADD] = { emit(&$0, .add) }
        table[ZYDIS_MNEMONIC_ADC] = { emit(&$0, .adc) }
        table[ZYDIS_MNEMONIC_SUB] = { emit(&$0, .sub) }
        table[ZYDIS_MNEMONIC_SBB] = { emit(&$0, .sbb) }
        table[ZYDIS_MNEMONIC_AND] = { emit(&$0, .and) }
        table[ZYDIS_MNEMONIC_OR] = { emit(&$0, .or) }
        table[ZYDIS_MNEMONIC_XOR] = { emit(&$0, .xor) }
        table[ZYDIS_MNEMONIC_CMP] = { emit(&$0, .cmp, writes: false) }
        table[ZYDIS_MNEMONIC_TEST] = { emit(&$0, .test, writes: false) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ forms: BinaryForms, writes: Bool = true) {
        let bytes = builder.bytes(0)
        let size = bytes.trailingZeroBitCount
        if builder.isMemory(0) {
            let access = writes ? Access.read | Access.write : Access.read
            if builder.isImmediate(1) {
                builder.emit(
                    forms.memoryImmediate[size],
                    memory: 0,
                    bytes: bytes,
                    access: access,
                    immediate: builder.immediate(1)
                )
            } else {
                builder.emit(
                    forms.memoryRegister[size],
                    memory: 0,
                    bytes: bytes,
                    access: access,
                    source: builder.registerOffset(1)
                )
            }
            return
        }
        let destination = builder.registerOffset(0)
        if builder.isMemory(1) {
            builder.emit(
                forms.registerMemory[size],
                memory: 1,
                bytes: bytes,
                access: Access.read,
                destination: destination
            )
        } else if builder.isImmediate(1) {
            builder.emit(forms.registerImmediate[size], destination: destination, immediate: builder.immediate(1))
        } else {
            builder.emit(
                forms.registerRegister[size],
                destination: destination,
                source: builder.registerOffset(1)
            )
        }
    }
}
