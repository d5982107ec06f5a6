internal import CZydis
internal import X86

/// CPUID, HLT, UD2, RDTSC and its kin, RDRAND, cache control, fences and prefetches.
enum Miscellaneous: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_CPUID] = { $0.emit(identify) }
        table[ZYDIS_MNEMONIC_HLT] = {
            $0.emit(halt)
            $0.finish()
        }
        table[ZYDIS_MNEMONIC_RDTSC] = { $0.emit(readCounter, immediate: Int64(HiddenInstruction.rdtsc.rawValue)) }
        table[ZYDIS_MNEMONIC_RDTSCP] = { $0.emit(readCounter, immediate: Int64(HiddenInstruction.rdtscp.rawValue)) }
        table[ZYDIS_MNEMONIC_RDPMC] = { $0.emit(readCounter, immediate: Int64(HiddenInstruction.rdpmc.rawValue)) }
        table[ZYDIS_MNEMONIC_RDRAND] = { emitRandom(&$0, .rdrand) }
        table[ZYDIS_MNEMONIC_RDSEED] = { emitRandom(&$0, .rdseed) }
        table[ZYDIS_MNEMONIC_RDPID] = { emitRandom(&$0, .rdpid) }
        for mnemonic in [ZYDIS_MNEMONIC_WBINVD, ZYDIS_MNEMONIC_INVD] { table[mnemonic] = { $0.emit(privileged) } }
        for mnemonic in [
            ZYDIS_MNEMONIC_LFENCE, ZYDIS_MNEMONIC_MFENCE, ZYDIS_MNEMONIC_SFENCE, ZYDIS_MNEMONIC_PREFETCH,
            ZYDIS_MNEMONIC_PREFETCHNTA, ZYDIS_MNEMONIC_PREFETCHT0, ZYDIS_MNEMONIC_PREFETCHT1,
            ZYDIS_MNEMONIC_PREFETCHT2, ZYDIS_MNEMONIC_PREFETCHW,
        ] {
            table[mnemonic] = { $0.emit(nothing) }
        }
        for mnemonic in [ZYDIS_MNEMONIC_CLFLUSH, ZYDIS_MNEMONIC_CLFLUSHOPT, ZYDIS_MNEMONIC_CLWB] {
            table[mnemonic] = {
                $0.emit(
                    Moves.registerMemory[0],
                    memory: 0,
                    bytes: 1,
                    access: Access.read,
                    destination: RegisterOffset.temporary
                )
            }
        }
    }

    private static func emitRandom(_ builder: inout BlockBuilder, _ kind: HiddenInstruction) {
        builder.emit(
            readRandom,
            destination: builder.registerOffset(0),
            source: UInt8(builder.bytes(0)),
            immediate: Int64(kind.rawValue)
        )
    }
}

private let nothing: Handler = { next(CPU($0), Operation($1)) }
private let privileged: Handler = { attempt($0, $1) { cpu, _ throws(Fault) in try cpu.requireSupervisor() } }

private let identify: Handler = { state, operation in
    let cpu = CPU(state)
    let leaf: UInt32 = cpu.register(RegisterOffset.general(0))
    let entry = cpu.cpuidEntry(leaf, cpu.register(RegisterOffset.general(1)))
    cpu.note(readLeaf: leaf, of: entry)
    cpu.setRegister(RegisterOffset.general(0), entry.eax)
    cpu.setRegister(RegisterOffset.general(3), entry.ebx)
    cpu.setRegister(RegisterOffset.general(1), entry.ecx)
    cpu.setRegister(RegisterOffset.general(2), entry.edx)
    next(cpu, Operation(operation))
}

private let halt: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        try cpu.requireSupervisor()
        cpu.state.isHalted = true
    }
}

private let readCounter: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        if operation.immediate == Int64(HiddenInstruction.rdpmc.rawValue) {
            if cpu.state.cr4 & CR4.performanceCounters == 0 { try cpu.requireSupervisor() }
        } else if cpu.state.cr4 & CR4.timeStampDisable != 0 {
            try cpu.requireSupervisor()
        }
        let (value, auxiliary, _) = try cpu.askHidden(operation.immediate)
        cpu.setRegister(RegisterOffset.general(0), UInt32(truncatingIfNeeded: value))
        cpu.setRegister(RegisterOffset.general(2), UInt32(truncatingIfNeeded: value >> 32))
        if operation.immediate == Int64(HiddenInstruction.rdtscp.rawValue) {
            cpu.setRegister(RegisterOffset.general(1), UInt32(truncatingIfNeeded: auxiliary))
        }
    }
}

private let readRandom: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        let (value, auxiliary, succeeded) = try cpu.askHidden(operation.immediate)
        let isIdentifier = operation.immediate == Int64(HiddenInstruction.rdpid.rawValue)
        cpu.setIndex(
            Int(operation.destination) / 8,
            isIdentifier ? auxiliary : value,
            bits: Int(operation.source) * 8
        )
        if !isIdentifier { cpu.setArithmeticFlags(succeeded ? Flag.carry : 0) }
    }
}

extension CPU {
    /// Asks for what a guest cannot compute: value, TSC_AUX, and whether there was one.
    fileprivate func askHidden(_ kind: Int64) throws(Fault) -> (UInt64, UInt64, Bool) {
        let exit = PendingExit(kind: .hiddenRead, value: UInt64(kind))
        let value = try ask(exit)
        let auxiliary = try ask(exit)
        return (value, auxiliary, try ask(exit) != 0)
    }
}
