import CNative
import CZydis

@testable import SoftCPU

extension RandomInstruction {
    /// Makes the displacement one that leads into the data region.
    static func placeDisplacement(
        _ bytes: inout [UInt8],
        _ decoded: DecodedInstruction,
        _ random: inout RandomOperands
    ) {
        let raw = unsafe decoded.instruction.raw.disp
        guard raw.size != 0 else { return }
        var value = Int64(Int8(truncatingIfNeeded: random.next()))
        for index in unsafe 0..<Int(decoded.instruction.operand_count) {
            let operand = decoded.operands[index]
            guard operand.type == ZYDIS_OPERAND_TYPE_MEMORY else { continue }
            let target = Int64(target(operand.size, &random))
            if operand.mem.base == ZYDIS_REGISTER_RIP || operand.mem.base == ZYDIS_REGISTER_EIP {
                value = unsafe target - Int64(NATIVE_START) - Int64(decoded.instruction.length)
            } else if operand.mem.base == ZYDIS_REGISTER_NONE, operand.mem.index == ZYDIS_REGISTER_NONE {
                value = target
            }
        }
        for index in 0..<Int(raw.size) / 8 {
            bytes[Int(raw.offset) + index] = UInt8(truncatingIfNeeded: value >> Int64(8 * index))
        }
    }

    /// Makes a direct branch one to the place where the thunk goes on behind branches. A branch whose displacement has no room
    /// for that is none to compare.
    static func placeTarget(_ bytes: inout [UInt8], _ decoded: DecodedInstruction) -> Bool {
        let raw = unsafe decoded.instruction.raw.imm.0
        guard raw.is_relative != 0 else { return true }
        let value = unsafe Int64(NATIVE_BRANCH) - Int64(NATIVE_START) - Int64(decoded.instruction.length)
        for index in 0..<Int(raw.size) / 8 {
            bytes[Int(raw.offset) + index] = UInt8(truncatingIfNeeded: value >> Int64(8 * index))
        }
        return true
    }

    /// An address for an operand of so many bits: in the middle of the data, mostly aligned. One in 32 is where something faults:
    /// at the end of the data, which only can be read, behind it, or no address at all.
    private static func target(_ bits: UInt16, _ random: inout RandomOperands) -> UInt64 {
        let choice = random.next()
        let spread = choice >> 8 & 0xFFF
        let alignment: UInt64 = bits >= 128 && choice >> 24 & 15 != 0 ? ~15 : ~0
        // What faults leave behind was not measured on older processors of AMD.
        switch NativeCode.isWhollyMeasured ? choice & 127 : 3 {
        case 0: return NATIVE_DATA + NATIVE_DATA_SIZE - spread & 63
        case 1: return NATIVE_DATA + NATIVE_DATA_SIZE + spread
        case 2: return NATIVE_DATA + NATIVE_DATA_SIZE - 0x1000 + spread & 0x7FF
        default: return (NATIVE_DATA + 0x8000 + spread) & alignment
        }
    }

    /// Makes the registers of addresses lead into the data region; says whether the instruction can be executed then.
    mutating func place(_ decoded: DecodedInstruction, _ random: inout RandomOperands) -> Bool {
        registers[4] = NATIVE_DATA + 0x8000 + random.below(64) * 8
        let mnemonic = unsafe decoded.instruction.mnemonic
        let repeats = unsafe decoded.instruction.attributes >> 28 & 7 != 0
        if repeats || mnemonic == ZYDIS_MNEMONIC_ENTER { registers[1] = random.below(20) }
        // Whether the right to a port is asked for where nothing is read or written is not known of older processors of AMD.
        let isPortString = unsafe decoded.instruction.meta.category == ZYDIS_CATEGORY_IOSTRINGOP
        if isPortString, !NativeCode.isWhollyMeasured { registers[1] |= 1 }
        if mnemonic == ZYDIS_MNEMONIC_ENTER || mnemonic == ZYDIS_MNEMONIC_LEAVE {
            registers[5] = NATIVE_DATA + 0x8000 + random.below(64) * 8
        }
        if mnemonic == ZYDIS_MNEMONIC_DIV || mnemonic == ZYDIS_MNEMONIC_IDIV, random.next() & 1 == 0 {
            registers[2] = random.next() & 1 == 0 ? 0 : UInt64(bitPattern: Int64(bitPattern: registers[0]) >> 63)
        }
        let bitTests = [ZYDIS_MNEMONIC_BT, ZYDIS_MNEMONIC_BTS, ZYDIS_MNEMONIC_BTR, ZYDIS_MNEMONIC_BTC]
        if bitTests.contains(mnemonic), decoded.operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER {
            let number = Int(ZydisRegisterGetId(decoded.operands[1].reg.value))
            registers[number] = random.below(0x8000) &- 0x4000
        }
        // Which byte of a masked store faults is the processor's choice, and addresses of 16 bits reach no data.
        let masked = [ZYDIS_MNEMONIC_MASKMOVQ, ZYDIS_MNEMONIC_MASKMOVDQU]
        if masked.contains(mnemonic), unsafe decoded.instruction.address_width == 16 { return false }
        for index in unsafe 0..<Int(decoded.instruction.operand_count) {
            let operand = decoded.operands[index]
            guard operand.type == ZYDIS_OPERAND_TYPE_MEMORY else { continue }
            placeAddress(operand, decoded, &random)
        }
        // Which of two strings is read first is the processor's choice: one of them must not fault.
        let comparisons = [
            ZYDIS_MNEMONIC_CMPSB, ZYDIS_MNEMONIC_CMPSW, ZYDIS_MNEMONIC_CMPSD, ZYDIS_MNEMONIC_CMPSQ,
        ]
        if comparisons.contains(mnemonic), registers[6] >= NATIVE_READ_ONLY { registers[7] = NATIVE_DATA + 0x8000 }
        let operands = unsafe (0..<Int(decoded.instruction.operand_count)).map { decoded.operands[$0] }
        address = operands.first { $0.type == ZYDIS_OPERAND_TYPE_MEMORY }.map { address(of: $0, decoded) }
        return placeBranch(decoded)
    }

    /// Those that use the lower half of an operand of 16 bytes.
    private static let halves: Set<ZydisMnemonic> = [
        ZYDIS_MNEMONIC_PSLLW, ZYDIS_MNEMONIC_PSLLD, ZYDIS_MNEMONIC_PSLLQ, ZYDIS_MNEMONIC_PSRLW, ZYDIS_MNEMONIC_PSRLD,
        ZYDIS_MNEMONIC_PSRLQ, ZYDIS_MNEMONIC_PSRAW, ZYDIS_MNEMONIC_PSRAD, ZYDIS_MNEMONIC_PUNPCKLBW,
        ZYDIS_MNEMONIC_PUNPCKLWD, ZYDIS_MNEMONIC_PUNPCKLDQ, ZYDIS_MNEMONIC_PUNPCKLQDQ, ZYDIS_MNEMONIC_UNPCKLPS,
        ZYDIS_MNEMONIC_UNPCKLPD, ZYDIS_MNEMONIC_PUNPCKHBW, ZYDIS_MNEMONIC_PUNPCKHWD, ZYDIS_MNEMONIC_PUNPCKHDQ,
        ZYDIS_MNEMONIC_PUNPCKHQDQ, ZYDIS_MNEMONIC_UNPCKHPS, ZYDIS_MNEMONIC_UNPCKHPD,
    ]

    /// Makes an indirect branch one to the place where the thunk goes on behind branches. One whose target would be read where
    /// nothing can be stored before is none to compare.
    private mutating func placeBranch(_ decoded: DecodedInstruction) -> Bool {
        guard unsafe decoded.instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_NEAR else { return true }
        if decoded.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER,
            unsafe decoded.instruction.mnemonic != ZYDIS_MNEMONIC_RET
        {
            registers[Int(ZydisRegisterGetId(decoded.operands[0].reg.value))] = NATIVE_BRANCH
            return true
        }
        guard unsafe decoded.instruction.raw.imm.0.is_relative == 0, let address else { return true }
        operandWords = [NATIVE_BRANCH]
        return address <= NATIVE_READ_ONLY - 8 || address >= NATIVE_DATA + NATIVE_DATA_SIZE
    }

    private mutating func placeAddress(
        _ operand: ZydisDecodedOperand,
        _ decoded: DecodedInstruction,
        _ random: inout RandomOperands
    ) {
        let memory = operand.mem
        let mnemonic = unsafe decoded.instruction.mnemonic
        // Whether a store that a mask leaves nothing of may fault is the processor's choice.
        let isMasked = mnemonic == ZYDIS_MNEMONIC_MASKMOVQ || mnemonic == ZYDIS_MNEMONIC_MASKMOVDQU
        // How much is read of an operand that is not aligned, where MXCSR allows that, is the processor's choice too, if the
        // instruction uses a half.
        let isHalf = NativeCode.quirks.contains(.misalignedVectors) && Self.halves.contains(mnemonic)
        // One in 256 is no address at all, if an address has that many bits.
        let isCanonical =
            unsafe random.next() & 255 != 0 || decoded.instruction.address_width < 64 || !NativeCode.isWhollyMeasured
        let target =
            isMasked || isHalf
            ? NATIVE_DATA + 0x8000 + random.below(0x1000)
            : isCanonical ? Self.target(operand.size, &random) : 1 << 56 + random.below(4096)
        let scale = UInt64(max(1, memory.scale))
        let hasBase =
            memory.base != ZYDIS_REGISTER_NONE && memory.base != ZYDIS_REGISTER_RIP
            && memory.base != ZYDIS_REGISTER_EIP
        let base = Int(ZydisRegisterGetId(memory.base))
        let index = Int(ZydisRegisterGetId(memory.index))
        let displacement = UInt64(bitPattern: memory.disp.has_displacement != 0 ? memory.disp.value : 0)
        if memory.index == ZYDIS_REGISTER_NONE {
            if hasBase { registers[base] = target &- displacement }
        } else if !hasBase {
            if memory.base == ZYDIS_REGISTER_NONE { registers[index] = (target &- displacement) / scale }
        } else if base == index {
            registers[base] = (target &- displacement) / (scale + 1)
        } else {
            registers[index] = random.below(64)
            registers[base] = target &- displacement &- registers[index] &* scale
        }
    }

    /// Where an operand is with the registers that were chosen.
    private func address(of operand: ZydisDecodedOperand, _ decoded: DecodedInstruction) -> UInt64 {
        let memory = operand.mem
        func value(_ register: ZydisRegister) -> UInt64 {
            switch register {
            case ZYDIS_REGISTER_NONE: 0
            case ZYDIS_REGISTER_RIP, ZYDIS_REGISTER_EIP: unsafe NATIVE_START + UInt64(decoded.instruction.length)
            case ZYDIS_REGISTER_AL: registers[0] & 0xFF
            default: registers[Int(ZydisRegisterGetId(register))]
            }
        }
        let displacement = UInt64(bitPattern: memory.disp.has_displacement != 0 ? memory.disp.value : 0)
        let sum = value(memory.base) &+ value(memory.index) &* UInt64(memory.scale) &+ displacement
        // The stack's address has the stack's width, whatever prefix there is.
        let bits = unsafe memory.base == ZYDIS_REGISTER_ESP ? 32 : UInt64(decoded.instruction.address_width)
        return sum & ~0 >> (64 - bits)
    }
}
