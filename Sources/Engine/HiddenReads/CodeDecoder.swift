internal import CZydis
internal import X86

/// Decodes guest code in one mode, only as far as is needed to find instructions that read hidden state.
struct CodeDecoder {
    /// What an instruction means for the search.
    enum Meaning: Hashable {
        /// It reads hidden state. Before it are this many bytes of prefixes, which stay as they are.
        case hidden(TrapCode, prefixes: Int)
        /// It writes to the port in its second byte.
        case out(port: UInt8)
    }

    /// Where execution goes from an instruction. Displacements count from the next instruction.
    enum Flow: Hashable {
        /// To the next one; the stack pointer has changed by this many bytes.
        case next(stack: Int)
        /// To the displacement or to the next one.
        case branch(Int64)
        /// To the displacement.
        case jump(Int64)
        /// To the displacement, and back to the next one.
        case call(Int64)
        /// To the address in a register.
        case indirect(GeneralRegister, isCall: Bool)
        /// To the address in a word of memory. The word is at this address, which is relative to the next instruction
        /// in 64-bit code.
        case through(Int64, isCall: Bool)
        /// To the address on top of the stack, of this size; this many more bytes are removed.
        case back(AccessSize, release: Int)
        /// To an address from memory or another segment: not followed.
        case elsewhere
    }

    /// An instruction.
    struct Decoded {
        /// Bytes.
        var length: Int
        /// Nil if it does not matter to the search.
        var meaning: Meaning?
        var flow: Flow
        /// Whether it puts a return address on the stack.
        var isCall: Bool
        /// Whether it is MOV to one of DR0 to DR7.
        var setsDebugRegister: Bool
    }

    private let decoder: ZydisDecoder

    init(_ mode: ExecutionMode) {
        decoder = ZydisDecoder(mode)
    }

    /// The length of the instruction at an offset; nil if there is none.
    func length(_ bytes: [UInt8], at offset: Int, end: Int) -> Int? {
        guard let instruction = unsafe decode(bytes, at: offset, end: end) else { return nil }
        return Int(unsafe instruction.length)
    }

    /// Decodes from `start` on. Returns where the instruction begins that contains the byte at `target`.
    func step(_ bytes: [UInt8], from start: Int, over target: Int, end: Int) -> Int? {
        var offset = start
        while offset <= target {
            guard let length = length(bytes, at: offset, end: end) else {
                offset += 1
                continue
            }
            if offset + length > target { return offset }
            offset += length
        }
        return nil
    }

    /// What the instruction at an offset means; nil if it does not matter to the search.
    func meaning(_ bytes: [UInt8], at offset: Int, end: Int) -> Meaning? {
        guard let instruction = unsafe decode(bytes, at: offset, end: end) else { return nil }
        return unsafe meaning(of: instruction, bytes, at: offset)
    }

    /// The instruction at an offset; nil if there is none.
    func instruction(_ bytes: [UInt8], at offset: Int, end: Int) -> Decoded? {
        guard let instruction = unsafe decode(bytes, at: offset, end: end) else { return nil }
        return unsafe Decoded(
            length: Int(instruction.length),
            meaning: meaning(of: instruction, bytes, at: offset),
            flow: flow(of: instruction, first: bytes[offset]),
            isCall: instruction.meta.category == ZYDIS_CATEGORY_CALL,
            setsDebugRegister: instruction.mnemonic == ZYDIS_MNEMONIC_MOV && instruction.opcode == Self.toDebugRegister
                && instruction.opcode_map == ZYDIS_OPCODE_MAP_0F
        )
    }

    private func meaning(of instruction: ZydisDecodedInstruction, _ bytes: [UInt8], at offset: Int) -> Meaning? {
        let length = Int(unsafe instruction.length)
        let kind: HiddenInstruction
        let mnemonic = unsafe instruction.mnemonic
        switch mnemonic {
        case ZYDIS_MNEMONIC_OUT:
            // OUT DX, AL names no port, and may be one byte long.
            return unsafe instruction.opcode == TrapCode.out ? .out(port: bytes[offset + length - 1]) : nil
        case ZYDIS_MNEMONIC_RDTSC: return .hidden(TrapCode(instruction: .rdtsc, length: 2), prefixes: length - 2)
        case ZYDIS_MNEMONIC_RDPMC: return .hidden(TrapCode(instruction: .rdpmc, length: 2), prefixes: length - 2)
        case ZYDIS_MNEMONIC_RDTSCP: return .hidden(TrapCode(instruction: .rdtscp, length: length), prefixes: 0)
        case ZYDIS_MNEMONIC_RDRAND: kind = .rdrand
        case ZYDIS_MNEMONIC_RDSEED: kind = .rdseed
        case ZYDIS_MNEMONIC_RDPID: kind = .rdpid
        default: return nil
        }
        // ModRM is the last byte; its register operand is in R/M, extended by REX.B.
        let extended = unsafe instruction.raw.rex.B != 0 ? 8 : 0
        let number = Int(bytes[offset + length - 1] & 7) + extended
        guard let destination = GeneralRegister(rawValue: number),
            let size = AccessSize(rawValue: unsafe instruction.operand_width / 8)
        else { return nil }
        return .hidden(
            TrapCode(instruction: kind, length: length, destination: destination, size: size),
            prefixes: 0
        )
    }

    private func flow(of instruction: ZydisDecodedInstruction, first: UInt8) -> Flow {
        let isDirect = unsafe instruction.raw.imm.0.is_relative != 0
        let displacement = unsafe instruction.raw.imm.0.value.s
        let width = Int(unsafe instruction.operand_width) / 8
        let category = unsafe instruction.meta.category
        switch category {
        case ZYDIS_CATEGORY_COND_BR where isDirect: return .branch(displacement)
        case ZYDIS_CATEGORY_UNCOND_BR where isDirect: return .jump(displacement)
        case ZYDIS_CATEGORY_CALL where isDirect: return .call(displacement)
        case ZYDIS_CATEGORY_COND_BR, ZYDIS_CATEGORY_UNCOND_BR, ZYDIS_CATEGORY_CALL:
            let isNear = unsafe instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_FAR
            let isRegister = unsafe instruction.raw.modrm.mod == 3
            let isCall = category == ZYDIS_CATEGORY_CALL
            // The form without a register and without another segment's prefix.
            if isNear, unsafe instruction.raw.modrm.mod == 0 && instruction.raw.modrm.rm == 5, first == Self.group5,
                unsafe instruction.address_width >= 32
            {
                return unsafe .through(instruction.raw.disp.value, isCall: isCall)
            }
            let number = unsafe Int(instruction.raw.modrm.rm) + (instruction.raw.rex.B != 0 ? 8 : 0)
            guard isNear, isRegister, let register = GeneralRegister(rawValue: number) else { return .elsewhere }
            return .indirect(register, isCall: isCall)
        case ZYDIS_CATEGORY_RET:
            let isNear = unsafe instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_FAR
            let isReturn = unsafe instruction.mnemonic == ZYDIS_MNEMONIC_RET
            guard isNear, isReturn, let size = AccessSize(rawValue: UInt8(width)) else { return .elsewhere }
            return .back(size, release: Int(truncatingIfNeeded: displacement))
        case ZYDIS_CATEGORY_SYSRET: return .elsewhere
        case ZYDIS_CATEGORY_PUSH: return unsafe .next(stack: -width * Self.pushed(instruction.mnemonic))
        case ZYDIS_CATEGORY_POP: return unsafe .next(stack: width * Self.pushed(instruction.mnemonic))
        default: break
        }
        let isUndefined = unsafe instruction.mnemonic == ZYDIS_MNEMONIC_UD2
        return unsafe isUndefined ? .elsewhere : .next(stack: Self.adjustment(instruction))
    }

    /// The second byte of MOV to a debug register.
    private static let toDebugRegister: UInt8 = 0x23
    /// The opcode of CALL and JMP through a register or memory.
    private static let group5: UInt8 = 0xFF

    /// How many words an instruction of the push or pop family moves.
    private static func pushed(_ mnemonic: ZydisMnemonic) -> Int {
        let all: [ZydisMnemonic] = [
            ZYDIS_MNEMONIC_PUSHA, ZYDIS_MNEMONIC_PUSHAD, ZYDIS_MNEMONIC_POPA, ZYDIS_MNEMONIC_POPAD,
        ]
        return all.contains(mnemonic) ? 8 : 1
    }

    /// What ADD or SUB with an immediate adds to the stack pointer; 0 for every other instruction.
    private static func adjustment(_ instruction: ZydisDecodedInstruction) -> Int {
        let stackPointer: UInt8 = 4
        let isOnRegister = unsafe instruction.raw.modrm.mod == 3 && instruction.raw.modrm.rm == stackPointer
        guard isOnRegister, unsafe instruction.raw.rex.B == 0,
            unsafe instruction.opcode == 0x81 || instruction.opcode == 0x83
        else { return 0 }
        let amount = Int(truncatingIfNeeded: unsafe instruction.raw.imm.0.value.s)
        let mnemonic = unsafe instruction.mnemonic
        return mnemonic == ZYDIS_MNEMONIC_ADD ? amount : mnemonic == ZYDIS_MNEMONIC_SUB ? -amount : 0
    }

    private func decode(_ bytes: [UInt8], at offset: Int, end: Int) -> ZydisDecodedInstruction? {
        guard offset < end else { return nil }
        var decoder = decoder
        var context = unsafe ZydisDecoderContext()
        var instruction = unsafe ZydisDecodedInstruction()
        // SAFETY: Zydis reads at most the bytes up to `end`, which are within the array and not empty, and fills the
        // structures that it is given; only plain numbers of its result are used.
        let status = unsafe bytes.withUnsafeBytes {
            unsafe ZydisDecoderDecodeInstruction(
                &decoder,
                &context,
                $0.baseAddress! + offset,
                end - offset,
                &instruction
            )
        }
        // ZYAN_SUCCESS is a macro: bit 31 clear means success.
        guard status & 0x8000_0000 == 0 else { return nil }
        return unsafe instruction
    }
}
