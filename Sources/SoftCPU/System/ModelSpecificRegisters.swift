internal import CZydis
internal import X86

/// RDMSR, WRMSR, RDFSBASE and its kin.
enum ModelSpecificRegisters: InstructionFamily {
    static func register(in table: inout InstructionTable) {
        table[ZYDIS_MNEMONIC_RDMSR] = {
            $0.emit(readRegister)
            $0.finish()
        }
        table[ZYDIS_MNEMONIC_WRMSR] = {
            $0.emit(writeRegister)
            $0.finish()
        }
        for (mnemonic, segment, writes) in [
            (ZYDIS_MNEMONIC_RDFSBASE, SegmentNumber.fs, false), (ZYDIS_MNEMONIC_RDGSBASE, SegmentNumber.gs, false),
            (ZYDIS_MNEMONIC_WRFSBASE, SegmentNumber.fs, true), (ZYDIS_MNEMONIC_WRGSBASE, SegmentNumber.gs, true),
        ] {
            table[mnemonic] = {
                $0.emit(
                    writes ? writeBase : readBase,
                    destination: UInt8(segment),
                    source: $0.registerOffset(0),
                    immediate: Int64($0.bytes(0))
                )
            }
        }
    }
}

private let readRegister: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        try cpu.requireSupervisor()
        let value = try cpu.modelSpecificRegister(cpu.register(RegisterOffset.general(1)))
        cpu.setRegister(RegisterOffset.general(0), UInt32(truncatingIfNeeded: value))
        cpu.setRegister(RegisterOffset.general(2), UInt32(truncatingIfNeeded: value >> 32))
    }
}

private let writeRegister: Handler = {
    attemptAndLeave($0, $1) { cpu, _ throws(Fault) in
        try cpu.requireSupervisor()
        try cpu.setModelSpecificRegister(cpu.register(RegisterOffset.general(1)), cpu.registerPair)
    }
}

private let readBase: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        guard cpu.state.cr4 & CR4.segmentBases != 0 else { throw .invalidOpcode }
        cpu.setIndex(
            Int(operation.source) / 8,
            cpu.state.segments[Int(operation.destination)].base,
            bits: Int(operation.immediate) * 8
        )
    }
}

private let writeBase: Handler = {
    attempt($0, $1) { cpu, operation throws(Fault) in
        guard cpu.state.cr4 & CR4.segmentBases != 0 else { throw .invalidOpcode }
        let value =
            operation.immediate == 8
            ? cpu.register(operation.source, UInt64.self) : UInt64(cpu.register(operation.source, UInt32.self))
        guard cpu.isCanonical(value) else { throw .protection() }
        cpu.state.segments[Int(operation.destination)].base = value
    }
}

extension CPU {
    /// Reads a model-specific register; one that is not kept is asked for outside.
    fileprivate func modelSpecificRegister(_ number: UInt32) throws(Fault) -> UInt64 {
        switch number {
        case 0x1B: return state.apicBase
        case 0xC000_0080: return state.efer
        case 0xC000_0100: return state.segments[SegmentNumber.fs].base
        case 0xC000_0101: return state.segments[SegmentNumber.gs].base
        case 0xFE: return 0x508
        default: break
        }
        if let index = ModelSpecificRegister.index(of: number) { return state.modelSpecific[index] }
        return try ask(PendingExit(kind: .registerRead, address: UInt64(number)))
    }

    fileprivate func setModelSpecificRegister(_ number: UInt32, _ value: UInt64) throws(Fault) {
        switch number {
        case 0x1B: state.apicBase = value
        case 0xC000_0080: try setEFER(value)
        case 0xC000_0100, 0xC000_0101:
            guard isCanonical(value) else { throw .protection() }
            state.segments[number == 0xC000_0100 ? SegmentNumber.fs : SegmentNumber.gs].base = value
        case 0x175, 0x176, 0xC000_0082, 0xC000_0083, 0xC000_0102:
            guard isCanonical(value) else { throw .protection() }
            state.modelSpecific[ModelSpecificRegister.index(of: number)!] = value
        case 0x277:
            for index in 0..<8 {
                let type = value >> UInt64(8 * index) & 0xFF
                guard type <= 7, type != 2, type != 3 else { throw .protection() }
            }
            state.modelSpecific[ModelSpecificRegister.index(of: number)!] = value
        default:
            if let index = ModelSpecificRegister.index(of: number) {
                state.modelSpecific[index] = value
            } else {
                _ = try ask(PendingExit(kind: .registerWrite, address: UInt64(number), value: value))
            }
        }
    }

    /// Writes EFER: LMA follows paging alone.
    private func setEFER(_ value: UInt64) throws(Fault) {
        guard value & ~around.configuration.allowedEFER == 0 else { throw .protection() }
        let changed = value ^ state.efer
        if changed & EFER.longModeEnable != 0, state.cr0 & CR0.paging != 0 { throw .protection() }
        state.efer = value & ~EFER.longModeActive | state.efer & EFER.longModeActive
        if changed & EFER.noExecute != 0 { flushTranslations() }
    }
}
