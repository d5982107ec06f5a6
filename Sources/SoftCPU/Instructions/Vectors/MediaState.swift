internal import CZydis

/// LDMXCSR and STMXCSR, FXSAVE and FXRSTOR, XSAVE, XSAVEOPT, XSAVEC and XRSTOR.
enum MediaState: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_LDMXCSR] = { builder in
            builder.requireSSE()
            let source = builder.loadOperand(0)
            builder.emit(loadMXCSR, source: source)
        }
        table[ZYDIS_MNEMONIC_STMXCSR] = { builder in
            builder.requireSSE()
            builder.emitStore(0, bytes: 4, storeMXCSR)
        }
        table[ZYDIS_MNEMONIC_FXSAVE] = { emitArea(&$0, saveLegacy, isWide: false) }
        table[ZYDIS_MNEMONIC_FXSAVE64] = { emitArea(&$0, saveLegacy, isWide: true) }
        table[ZYDIS_MNEMONIC_FXRSTOR] = { emitArea(&$0, restoreLegacy, isWide: false) }
        table[ZYDIS_MNEMONIC_FXRSTOR64] = { emitArea(&$0, restoreLegacy, isWide: true) }
        table[ZYDIS_MNEMONIC_XSAVE] = { emitArea(&$0, saveExtended, isWide: false) }
        table[ZYDIS_MNEMONIC_XSAVE64] = { emitArea(&$0, saveExtended, isWide: true) }
        table[ZYDIS_MNEMONIC_XSAVEOPT] = { emitArea(&$0, saveExtended, isWide: false, form: .optimised) }
        table[ZYDIS_MNEMONIC_XSAVEOPT64] = { emitArea(&$0, saveExtended, isWide: true, form: .optimised) }
        table[ZYDIS_MNEMONIC_XSAVEC] = { emitArea(&$0, saveExtended, isWide: false, form: .compacted) }
        table[ZYDIS_MNEMONIC_XSAVEC64] = { emitArea(&$0, saveExtended, isWide: true, form: .compacted) }
        table[ZYDIS_MNEMONIC_XRSTOR] = { emitArea(&$0, restoreExtended, isWide: false) }
        table[ZYDIS_MNEMONIC_XRSTOR64] = { emitArea(&$0, restoreExtended, isWide: true) }
    }

    /// An instruction with an area in memory, which it accesses in many places.
    private static func emitArea(
        _ builder: inout BlockBuilder,
        _ handler: Handler,
        isWide: Bool,
        form: SaveForm = .standard
    ) {
        var record = builder.offsetOnly(of: 0)
        record.handler = handler
        record.source = UInt8(RegisterOffset.segmentNumber(builder.operand(0).mem.segment))
        record.destination = form.rawValue | (isWide ? SaveForm.wide : 0)
        builder.write(record)
    }
}

/// Which of the XSAVE instructions it is.
enum SaveForm: UInt8 {
    case standard, optimised, compacted

    /// Added to the number of the form where pointers have 64 bits.
    static let wide: UInt8 = 4

    init(_ operation: Operation) { self = SaveForm(rawValue: operation.destination & 3) ?? .standard }
}

private let loadMXCSR: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        cpu.state.vector.mxcsr = try cpu.checkedMXCSR(cpu.register(operation.source, UInt32.self))
    }
}

private let storeMXCSR: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.state.temporary = UInt64(cpu.state.vector.mxcsr)
    next(cpu, Operation(operation))
}

private let saveLegacy: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireX87WithoutWaiting()
        let area = try cpu.stateArea(operation, size: 512, alignment: 16, write: true)
        try cpu.saveLegacy(area, isWide: operation.destination & SaveForm.wide != 0)
    }
}

private let restoreLegacy: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireX87WithoutWaiting()
        let area = try cpu.stateArea(operation, size: 512, alignment: 16, write: false)
        try cpu.restoreLegacy(area, isWide: operation.destination & SaveForm.wide != 0)
    }
}

private let saveExtended: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireXSAVE(SaveForm(operation))
        let area = try cpu.stateArea(operation, size: 576, alignment: 64, write: true)
        try cpu.saveExtended(area, SaveForm(operation), isWide: operation.destination & SaveForm.wide != 0)
    }
}

private let restoreExtended: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.requireXSAVE(.standard)
        let area = try cpu.stateArea(operation, size: 576, alignment: 64, write: false)
        try cpu.restoreExtended(area, isWide: operation.destination & SaveForm.wide != 0)
    }
}
