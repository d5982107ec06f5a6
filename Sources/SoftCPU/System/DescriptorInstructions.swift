internal import CZydis
internal import X86

/// LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW, ARPL.
enum DescriptorInstructions: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_LGDT] = { emitTable(&$0, loadTable, 0) }
        table[ZYDIS_MNEMONIC_LIDT] = { emitTable(&$0, loadTable, 1) }
        table[ZYDIS_MNEMONIC_SGDT] = { emitTable(&$0, storeTable, 0) }
        table[ZYDIS_MNEMONIC_SIDT] = { emitTable(&$0, storeTable, 1) }
        table[ZYDIS_MNEMONIC_LLDT] = { emitLoad(&$0, loadLocalTable) }
        table[ZYDIS_MNEMONIC_LTR] = { emitLoad(&$0, loadTask) }
        table[ZYDIS_MNEMONIC_SLDT] = { $0.emitStore(0, bytes: $0.isMemory(0) ? 2 : $0.bytes(0), storeLocalTable) }
        table[ZYDIS_MNEMONIC_STR] = { $0.emitStore(0, bytes: $0.isMemory(0) ? 2 : $0.bytes(0), storeTask) }
        table[ZYDIS_MNEMONIC_VERR] = { emitCheck(&$0, verify, 0) }
        table[ZYDIS_MNEMONIC_VERW] = { emitCheck(&$0, verify, 1) }
        table[ZYDIS_MNEMONIC_LAR] = { emitQuery(&$0, 0) }
        table[ZYDIS_MNEMONIC_LSL] = { emitQuery(&$0, 1) }
        table[ZYDIS_MNEMONIC_ARPL] = { emitAdjust(&$0) }
    }

    private static func emitTable(_ builder: inout BlockBuilder, _ handler: Handler, _ which: UInt8) {
        var record = builder.offsetOnly(of: 0)
        record.handler = handler
        record.destination = which
        record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
        // The base has 24 bits where operands have 16.
        record.access = UInt8(builder.mode.contains(.long) ? 8 : builder.operandBytes)
        builder.write(record)
        builder.finish()
    }

    private static func emitLoad(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.emit(requireProtected)
        let source = builder.loadOperandOfTwoBytes(0)
        builder.emit(handler, source: source)
        builder.finish()
    }

    private static func emitCheck(_ builder: inout BlockBuilder, _ handler: Handler, _ which: UInt8) {
        builder.emit(requireProtected, immediate: 1)
        let source = builder.loadOperandOfTwoBytes(0)
        builder.emit(handler, destination: which, source: source)
    }

    private static func emitQuery(_ builder: inout BlockBuilder, _ which: Int64) {
        builder.emit(requireProtected, immediate: 1)
        let source = builder.loadOperandOfTwoBytes(1)
        builder.emit(
            query,
            destination: builder.registerOffset(0),
            source: source,
            immediate: Int64(builder.bytes(0)),
            extra: which
        )
    }

    private static func emitAdjust(_ builder: inout BlockBuilder) {
        builder.emit(requireProtected, immediate: 1)
        let source = builder.registerOffset(1)
        if builder.isMemory(0) {
            var record = builder.offsetOnly(of: 0)
            record.handler = adjustMemory
            record.destination = source
            record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
            builder.write(record)
        } else {
            builder.emit(adjustRegister, destination: builder.registerOffset(0), source: source)
        }
    }
}

extension BlockBuilder {
    /// As ``loadOperand(_:)``, for a selector: two bytes of memory, whatever the operand's size.
    mutating func loadOperandOfTwoBytes(_ index: Int) -> UInt8 {
        guard isMemory(index) else { return registerOffset(index) }
        emit(
            Moves.registerMemory[1],
            memory: index,
            bytes: 2,
            access: Access.read,
            destination: RegisterOffset.temporary
        )
        return RegisterOffset.temporary
    }
}
