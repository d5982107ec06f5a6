internal import CZydis
internal import Engine
internal import GuestMemory
internal import X86

/// A decoded instruction that may be completed.
struct DecodedOperation {
    /// What it does.
    enum Operation: Hashable {
        case int3
        case int(vector: UInt8)
        case into
        case iret
        case fwait
        case prefetch
        case flush(CPUFeature, MemoryOperand)
        case clac
        case stac
        case compareExchange(MemoryOperand)

        /// Whether it enters a handler by itself.
        var isInterrupt: Bool {
            switch self {
            case .int3, .int, .into: true
            case .iret, .fwait, .prefetch, .flush, .clac, .stac, .compareExchange: false
            }
        }
    }

    let operation: Operation
    /// How many bytes it has.
    let length: Int

    /// Decodes the first instruction of `bytes`; nil if it is none of these.
    init?(_ bytes: [UInt8], mode: ExecutionMode) {
        var decoder = ZydisDecoder(mode)
        var instruction = unsafe ZydisDecodedInstruction()
        var operands = [ZydisDecodedOperand](repeating: ZydisDecodedOperand(), count: Int(ZYDIS_MAX_OPERAND_COUNT))
        // SAFETY: Zydis reads at most bytes.count bytes of the array, and fills the structures that it is given; only
        // plain numbers of its result are used.
        let status = unsafe bytes.withUnsafeBytes {
            unsafe ZydisDecoderDecodeFull(&decoder, $0.baseAddress, $0.count, &instruction, &operands)
        }
        // ZYAN_SUCCESS is a macro: bit 31 clear means success.
        guard status & 0x8000_0000 == 0, let first = operands.first else { return nil }
        length = Int(unsafe instruction.length)
        let mnemonic = unsafe instruction.mnemonic
        switch mnemonic {
        case ZYDIS_MNEMONIC_INT3: operation = .int3
        case ZYDIS_MNEMONIC_INT: operation = .int(vector: UInt8(truncatingIfNeeded: unsafe first.imm.value.u))
        case ZYDIS_MNEMONIC_INTO: operation = .into
        case ZYDIS_MNEMONIC_IRETD: operation = .iret
        case ZYDIS_MNEMONIC_FWAIT: operation = .fwait
        case ZYDIS_MNEMONIC_PREFETCH, ZYDIS_MNEMONIC_PREFETCHNTA, ZYDIS_MNEMONIC_PREFETCHT0, ZYDIS_MNEMONIC_PREFETCHT1,
            ZYDIS_MNEMONIC_PREFETCHT2, ZYDIS_MNEMONIC_PREFETCHW, ZYDIS_MNEMONIC_PREFETCHWT1:
            operation = .prefetch
        case ZYDIS_MNEMONIC_CLFLUSH: operation = .flush(.clflush, MemoryOperand(first))
        case ZYDIS_MNEMONIC_CLFLUSHOPT: operation = .flush(.clflushopt, MemoryOperand(first))
        case ZYDIS_MNEMONIC_CLWB: operation = .flush(.clwb, MemoryOperand(first))
        case ZYDIS_MNEMONIC_CLAC: operation = .clac
        case ZYDIS_MNEMONIC_STAC: operation = .stac
        case ZYDIS_MNEMONIC_CMPXCHG16B: operation = .compareExchange(MemoryOperand(first))
        default: return nil
        }
    }
}

/// An instruction's memory operand, as the instruction encodes it.
struct MemoryOperand: Hashable {
    /// Where a summand of the address comes from.
    private enum Source: Hashable {
        case none
        case register(Int)
        case instructionPointer
        case unknown
    }

    private let base: Source
    private let index: Source
    private let scale: UInt64
    private let displacement: UInt64
    private let segment: ZydisRegister.RawValue
    private let isWide: Bool

    fileprivate init(_ operand: ZydisDecodedOperand) {
        let memory = operand.mem
        base = Self.source(memory.base)
        index = Self.source(memory.index)
        scale = UInt64(memory.scale)
        displacement = UInt64(bitPattern: memory.disp.value)
        segment = memory.segment.rawValue
        let width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, memory.base)
        isWide = memory.base == ZYDIS_REGISTER_NONE || width == 64
    }

    private static func source(_ register: ZydisRegister) -> Source {
        if register == ZYDIS_REGISTER_NONE { return .none }
        if register == ZYDIS_REGISTER_RIP { return .instructionPointer }
        let number = ZydisRegisterGetId(register)
        let width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, register)
        return width >= 32 && (0..<16).contains(number) ? .register(Int(number)) : .unknown
    }

    /// The linear address; nil if segments or the address's form make it more than a sum.
    func linear(in state: ProcessorState, next: UInt64) -> GuestVirtualAddress? {
        guard let base = value(base, state, next), let index = value(index, state, next) else { return nil }
        let sum = base &+ index &* scale &+ displacement
        let segments = state.segments
        let isLong = state.mode == .long64
        let descriptor: ProcessorState.Segment? =
            switch segment {
            case ZYDIS_REGISTER_DS.rawValue: segments.ds
            case ZYDIS_REGISTER_ES.rawValue: segments.es
            case ZYDIS_REGISTER_SS.rawValue: segments.ss
            case ZYDIS_REGISTER_CS.rawValue: segments.cs
            case ZYDIS_REGISTER_FS.rawValue: segments.fs
            case ZYDIS_REGISTER_GS.rawValue: segments.gs
            default: nil
            }
        guard let descriptor else { return nil }
        guard isLong else {
            guard descriptor.limit == .max else { return nil }
            return GuestVirtualAddress((sum & 0xFFFF_FFFF &+ descriptor.base) & 0xFFFF_FFFF)
        }
        let hasBase = segment == ZYDIS_REGISTER_FS.rawValue || segment == ZYDIS_REGISTER_GS.rawValue
        let address = (isWide ? sum : sum & 0xFFFF_FFFF) &+ (hasBase ? descriptor.base : 0)
        let isCanonical = (Int64(bitPattern: address) << 16) >> 16 == Int64(bitPattern: address)
        return isCanonical ? GuestVirtualAddress(address) : nil
    }

    private func value(_ source: Source, _ state: ProcessorState, _ next: UInt64) -> UInt64? {
        switch source {
        case .none: 0
        case .register(let number): state.general[number]
        case .instructionPointer: next
        case .unknown: nil
        }
    }
}
