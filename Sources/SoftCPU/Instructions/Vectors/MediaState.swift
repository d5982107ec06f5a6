internal import CZydis

/// LDMXCSR and STMXCSR.
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
    }
}

private let loadMXCSR: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        try cpu.setMXCSR(cpu.register(operation.source, UInt32.self))
    }
}

private let storeMXCSR: Handler = { state, operation in
    let cpu = CPU(state)
    cpu.state.temporary = UInt64(cpu.state.vector.mxcsr)
    next(cpu, Operation(operation))
}

extension CPU {
    /// Bits of MXCSR that exist: exceptions and their masks, rounding, DAZ and FTZ.
    static let mxcsrMask: UInt32 = 0xFFFF

    /// Sets MXCSR; #GP(0) where a reserved bit is set.
    func setMXCSR(_ value: UInt32) throws(Fault) {
        guard value & ~Self.mxcsrMask == 0 else { throw .protection() }
        state.vector.mxcsr = value
    }
}
