import CNative
import CZydis

@testable import SoftCPU

extension RandomInstruction {
    /// Instructions that read what a process shares with its host, leave the flow, or change how it is observed.
    private static let outOfScope: Set<ZydisMnemonic> = [
        ZYDIS_MNEMONIC_CPUID, ZYDIS_MNEMONIC_RDTSC, ZYDIS_MNEMONIC_RDTSCP, ZYDIS_MNEMONIC_RDPMC, ZYDIS_MNEMONIC_RDPID,
        ZYDIS_MNEMONIC_RDRAND, ZYDIS_MNEMONIC_RDSEED, ZYDIS_MNEMONIC_SYSCALL, ZYDIS_MNEMONIC_SYSENTER,
        ZYDIS_MNEMONIC_INT, ZYDIS_MNEMONIC_INT1, ZYDIS_MNEMONIC_INT3, ZYDIS_MNEMONIC_XGETBV, ZYDIS_MNEMONIC_SGDT,
        ZYDIS_MNEMONIC_SIDT, ZYDIS_MNEMONIC_SLDT, ZYDIS_MNEMONIC_STR, ZYDIS_MNEMONIC_SMSW, ZYDIS_MNEMONIC_LAR,
        ZYDIS_MNEMONIC_LSL, ZYDIS_MNEMONIC_VERR, ZYDIS_MNEMONIC_VERW, ZYDIS_MNEMONIC_POPFQ, ZYDIS_MNEMONIC_POPF,
        ZYDIS_MNEMONIC_PUSHFQ, ZYDIS_MNEMONIC_PUSHF, ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD,
        ZYDIS_MNEMONIC_IRETQ, ZYDIS_MNEMONIC_RDFSBASE, ZYDIS_MNEMONIC_RDGSBASE, ZYDIS_MNEMONIC_WRFSBASE,
        ZYDIS_MNEMONIC_WRGSBASE, ZYDIS_MNEMONIC_LSS, ZYDIS_MNEMONIC_LFS, ZYDIS_MNEMONIC_LGS,
        ZYDIS_MNEMONIC_TZCNT, ZYDIS_MNEMONIC_LZCNT, ZYDIS_MNEMONIC_XSETBV, ZYDIS_MNEMONIC_CLFLUSHOPT,
        ZYDIS_MNEMONIC_CLWB, ZYDIS_MNEMONIC_PAUSE,
    ]

    static func isInScope(_ decoded: DecodedInstruction) -> Bool {
        let mnemonic = unsafe decoded.instruction.mnemonic
        guard InstructionTable.standard[mnemonic] != nil, !outOfScope.contains(mnemonic) else { return false }
        guard unsafe decoded.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_NONE else { return false }
        // With this prefix they are TZCNT and LZCNT where those exist.
        let scans = [ZYDIS_MNEMONIC_BSF, ZYDIS_MNEMONIC_BSR]
        guard unsafe decoded.instruction.raw.prefix_count == 0 || !scans.contains(mnemonic) else { return false }
        // The mnemonics of two string instructions mean others too.
        let ambiguous = [ZYDIS_MNEMONIC_MOVSD, ZYDIS_MNEMONIC_CMPSD]
        if ambiguous.contains(mnemonic), unsafe decoded.instruction.meta.category != ZYDIS_CATEGORY_STRINGOP {
            return false
        }
        // By more than 16 the result is undefined too.
        let doubleShifts = [ZYDIS_MNEMONIC_SHLD, ZYDIS_MNEMONIC_SHRD]
        if !NativeCode.isMeasured, doubleShifts.contains(mnemonic), decoded.operands[0].size == 16 { return false }
        // Opcode 0F 0D with a register is invalid or a NOP, as the processor likes.
        if !NativeCode.isMeasured, mnemonic == ZYDIS_MNEMONIC_NOP { return false }
        // FS and GS are the host's, and so are the selectors.
        guard unsafe decoded.instruction.attributes >> 41 & 3 == 0 else { return false }
        for index in unsafe 0..<Int(decoded.instruction.operand_count) {
            let operand = decoded.operands[index]
            guard operand.type == ZYDIS_OPERAND_TYPE_REGISTER else { continue }
            switch ZydisRegisterGetClass(operand.reg.value) {
            case ZYDIS_REGCLASS_SEGMENT, ZYDIS_REGCLASS_CONTROL, ZYDIS_REGCLASS_DEBUG: return false
            default: break
            }
        }
        return true
    }

    /// Makes the displacement one that leads into the data region.
    static func placeDisplacement(
        _ bytes: inout [UInt8],
        _ decoded: DecodedInstruction,
        _ random: inout SeededGenerator
    ) {
        let raw = unsafe decoded.instruction.raw.disp
        guard raw.size != 0 else { return }
        var value = Int64(Int8(truncatingIfNeeded: random.next()))
        for index in unsafe 0..<Int(decoded.instruction.operand_count) {
            let operand = decoded.operands[index]
            guard operand.type == ZYDIS_OPERAND_TYPE_MEMORY else { continue }
            let target = Int64(NATIVE_DATA + 0x4000 + random.next() % 0x4000)
            if operand.mem.base == ZYDIS_REGISTER_RIP || operand.mem.base == ZYDIS_REGISTER_EIP {
                value = unsafe target - Int64(NATIVE_CODE + 0x800) - Int64(decoded.instruction.length)
            } else if operand.mem.base == ZYDIS_REGISTER_NONE, operand.mem.index == ZYDIS_REGISTER_NONE {
                value = target
            }
        }
        for index in 0..<Int(raw.size) / 8 {
            bytes[Int(raw.offset) + index] = UInt8(truncatingIfNeeded: value >> Int64(8 * index))
        }
    }

    /// Makes the registers of addresses lead into the data region.
    mutating func place(_ decoded: DecodedInstruction, _ random: inout SeededGenerator) {
        registers[4] = NATIVE_DATA + 0x8000 + random.next() % 64 * 8
        let mnemonic = unsafe decoded.instruction.mnemonic
        let repeats = unsafe decoded.instruction.attributes >> 28 & 7 != 0
        if repeats || mnemonic == ZYDIS_MNEMONIC_ENTER { registers[1] = random.next() % 20 }
        if mnemonic == ZYDIS_MNEMONIC_ENTER || mnemonic == ZYDIS_MNEMONIC_LEAVE {
            registers[5] = NATIVE_DATA + 0x8000 + random.next() % 64 * 8
        }
        if mnemonic == ZYDIS_MNEMONIC_DIV || mnemonic == ZYDIS_MNEMONIC_IDIV, random.next() & 1 == 0 {
            registers[2] = random.next() & 1 == 0 ? 0 : UInt64(bitPattern: Int64(bitPattern: registers[0]) >> 63)
        }
        let bitTests = [ZYDIS_MNEMONIC_BT, ZYDIS_MNEMONIC_BTS, ZYDIS_MNEMONIC_BTR, ZYDIS_MNEMONIC_BTC]
        if bitTests.contains(mnemonic), decoded.operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER {
            let number = Int(ZydisRegisterGetId(decoded.operands[1].reg.value))
            registers[number] = random.next() % 0x8000 &- 0x4000
        }
        for index in unsafe 0..<Int(decoded.instruction.operand_count) {
            let operand = decoded.operands[index]
            guard operand.type == ZYDIS_OPERAND_TYPE_MEMORY else { continue }
            placeAddress(operand.mem, &random)
        }
    }

    private mutating func placeAddress(_ memory: ZydisDecodedOperandMem, _ random: inout SeededGenerator) {
        let target = NATIVE_DATA + 0x8000 + random.next() % 0x1000
        let scale = UInt64(max(1, memory.scale))
        let hasBase =
            memory.base != ZYDIS_REGISTER_NONE && memory.base != ZYDIS_REGISTER_RIP
            && memory.base != ZYDIS_REGISTER_EIP
        let base = Int(ZydisRegisterGetId(memory.base))
        let index = Int(ZydisRegisterGetId(memory.index))
        if memory.index == ZYDIS_REGISTER_NONE {
            if hasBase { registers[base] = target }
        } else if !hasBase {
            if memory.base == ZYDIS_REGISTER_NONE { registers[index] = target / scale }
        } else if base == index {
            registers[base] = target / (scale + 1)
        } else {
            registers[index] = random.next() % 64
            registers[base] = target
        }
    }
}
