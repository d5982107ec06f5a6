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
        case 0xC000_0080: return state.efer
        case 0xC000_0100: return state.segments[SegmentNumber.fs].base
        case 0xC000_0101: return state.segments[SegmentNumber.gs].base
        case 0xFE: return 0x508
        default: break
        }
        if let index = keptRegister(number) { return state.modelSpecific[index] }
        return try ask(PendingExit(kind: .registerRead, address: UInt64(number)))
    }

    /// Writes a model-specific register. A value that it cannot have is told outside, as one that is not kept is: whoever answers
    /// decides about the fault.
    fileprivate func setModelSpecificRegister(_ number: UInt32, _ value: UInt64) throws(Fault) {
        switch number {
        case 0xC000_0080 where canSetEFER(value): setEFER(value)
        case 0xC000_0100 where isCanonical(value): state.segments[SegmentNumber.fs].base = value
        case 0xC000_0101 where isCanonical(value): state.segments[SegmentNumber.gs].base = value
        default:
            guard let index = keptRegister(number), isValid(value, of: number) else {
                _ = try ask(PendingExit(kind: .registerWrite, address: UInt64(number), value: value))
                return
            }
            state.modelSpecific[index] = value
        }
    }

    /// Whether a register that is kept can have a value (Intel SDM vol. 4, chapter 2; vol. 3, 11.11.2).
    private func isValid(_ value: UInt64, of number: UInt32) -> Bool {
        func hasTypes(_ allowed: UInt64) -> Bool {
            (0..<8).allSatisfy {
                value >> UInt64(8 * $0) & 0xFF < 8 && allowed >> (value >> UInt64(8 * $0) & 7) & 1 != 0
            }
        }
        func isType(_ type: UInt64) -> Bool { type < 8 && Self.rangeTypes >> type & 1 != 0 }
        let reserved = UInt64.max << UInt64(around.configuration.physicalAddressBits)
        switch number {
        case 0x175, 0x176, 0xC000_0082, 0xC000_0083, 0xC000_0102: return isCanonical(value)
        case 0x277: return hasTypes(0xF3)
        case 0x2FF: return value & ~0xCFF == 0 && isType(value & 0xFF)
        case 0x250, 0x258, 0x259, 0x268...0x26F: return hasTypes(Self.rangeTypes)
        case 0x200...0x20F where number & 1 == 0: return value & (reserved | 0xF00) == 0 && isType(value & 0xFF)
        case 0x200...0x20F: return value & (reserved | 0x7FF) == 0
        default: return true
        }
    }

    /// Uncacheable, write-combining, write-through, write-protected, write-back.
    private static var rangeTypes: UInt64 { 0x73 }

    private func canSetEFER(_ value: UInt64) -> Bool {
        value & ~around.configuration.allowedEFER == 0
            && ((value ^ state.efer) & EFER.longModeEnable == 0 || state.cr0 & CR0.paging == 0)
    }

    /// Writes EFER: LMA follows paging alone.
    private func setEFER(_ value: UInt64) {
        let changed = value ^ state.efer
        state.efer = value & ~EFER.longModeActive | state.efer & EFER.longModeActive
        if changed & EFER.noExecute != 0 { flushTranslations() }
    }
}
