internal import CZydis

/// What an operand is.
enum OperandKind {
    case general, segment, control, debug, memory, immediate, other
}

extension BlockBuilder {
    /// What an operand is.
    func kind(_ index: Int) -> OperandKind {
        switch operand(index).type {
        case ZYDIS_OPERAND_TYPE_MEMORY: return .memory
        case ZYDIS_OPERAND_TYPE_IMMEDIATE: return .immediate
        case ZYDIS_OPERAND_TYPE_REGISTER: break
        default: return .other
        }
        switch ZydisRegisterGetClass(register(index)) {
        case ZYDIS_REGCLASS_GPR8, ZYDIS_REGCLASS_GPR16, ZYDIS_REGCLASS_GPR32, ZYDIS_REGCLASS_GPR64: return .general
        case ZYDIS_REGCLASS_SEGMENT: return .segment
        case ZYDIS_REGCLASS_CONTROL: return .control
        case ZYDIS_REGCLASS_DEBUG: return .debug
        default: return .other
        }
    }

    /// The number of a register within its class.
    func registerNumber(_ index: Int) -> Int { Int(ZydisRegisterGetId(register(index))) }

    /// What forms the offset of a memory operand and nothing else, as LEA wants it. A displacement that an operation has no
    /// room for is in its immediate; the bits of an address in its extra.
    func offsetOnly(of index: Int) -> OperationRecord {
        let memory = operand(index).mem
        let width = unsafe Int(instruction.address_width)
        var record = OperationRecord(handler: invalidOpcodeHandler)
        record.index = RegisterOffset.of(memory.index, orZero: ())
        record.scale = UInt8(memory.scale == 0 ? 0 : memory.scale.trailingZeroBitCount)
        record.immediate = memory.disp.has_displacement != 0 ? memory.disp.value : 0
        if memory.base == ZYDIS_REGISTER_RIP || memory.base == ZYDIS_REGISTER_EIP {
            record.base = RegisterOffset.blockIP
            record.immediate += unsafe Int64(offset) + Int64(instruction.length)
        } else {
            record.base = RegisterOffset.of(memory.base, orZero: ())
        }
        record.extra = width == 64 ? -1 : width == 32 ? 0xFFFF_FFFF : 0xFFFF
        return record
    }

    /// The segment that a prefix names, if one does.
    var segmentOverride: Int? {
        for (bit, segment) in Self.segmentAttributes where hasAttribute(bit) { return segment }
        return nil
    }

    /// Bits of ZYDIS_ATTRIB_HAS_SEGMENT_CS and so on.
    private static let segmentAttributes: [(Int, Int)] = [
        (37, SegmentNumber.cs), (38, SegmentNumber.ss), (39, SegmentNumber.ds), (40, SegmentNumber.es),
        (41, SegmentNumber.fs), (42, SegmentNumber.gs),
    ]

    /// The bits that an address has.
    var addressMask: UInt64 {
        switch unsafe instruction.address_width {
        case 16: 0xFFFF
        case 32: 0xFFFF_FFFF
        default: ~0
        }
    }
}
