internal import CZydis

/// FNINIT, FNCLEX, FLDCW, FNSTCW, FNSTSW, FWAIT, and the instructions of older coprocessors that do nothing.
enum X87Control: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_FNINIT] = { emit(&$0, initialize) }
        table[ZYDIS_MNEMONIC_FNCLEX] = { emit(&$0, clearExceptions) }
        for mnemonic in [
            ZYDIS_MNEMONIC_FENI8087_NOP, ZYDIS_MNEMONIC_FDISI8087_NOP, ZYDIS_MNEMONIC_FSETPM287_NOP,
        ] {
            table[mnemonic] = { $0.beginX87(waits: false) }
        }
        table[ZYDIS_MNEMONIC_FLDCW] = { builder in
            builder.beginX87()
            builder.emit(loadControl, source: builder.loadOperand(0))
        }
        table[ZYDIS_MNEMONIC_FNSTCW] = { builder in
            builder.beginX87(waits: false)
            builder.emitStore(0, bytes: 2, storeControl)
        }
        table[ZYDIS_MNEMONIC_FNSTSW] = { builder in
            builder.beginX87(waits: false)
            builder.emitStore(0, bytes: 2, storeStatus)
        }
        table[ZYDIS_MNEMONIC_FWAIT] = { $0.emit(wait) }
    }

    private static func emit(_ builder: inout BlockBuilder, _ handler: Handler) {
        builder.beginX87(waits: false)
        builder.emit(handler)
    }
}

private let initialize: Handler = { state, operation in
    CPU(state).state.vector.initializeX87()
    next(CPU(state), Operation(operation))
}

private let clearExceptions: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.state.vector.setStatus(cpu.state.vector.statusWord & (X87Status.top | X87Status.conditions))
    cpu.settleX87Pointers()
    next(cpu, Operation(operation))
}

private let loadControl: Handler = { state, operation in
    let cpu = CPU(state)
    let operation = Operation(operation)
    cpu.state.vector.setControl(cpu.register(operation.source), status: cpu.state.vector.statusWord)
    cpu.settleX87Pointers()
    next(cpu, operation)
}

private let storeControl: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.state.temporary = UInt64(cpu.state.vector.controlWord)
    next(cpu, Operation(operation))
}

private let storeStatus: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.state.temporary = UInt64(cpu.state.vector.statusWord)
    next(cpu, Operation(operation))
}

/// FWAIT heeds CR0.TS only together with CR0.MP, and never CR0.EM.
private let wait: Handler = {
    attempt($0, $1) { cpu, _ throws(Fault) in
        let both = CR0.monitorCoprocessor | CR0.taskSwitched
        guard cpu.state.cr0 & both != both else { throw .deviceNotAvailable }
        try cpu.waitForX87()
    }
}
