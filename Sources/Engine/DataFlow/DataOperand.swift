internal import CZydis
internal import X86

/// An operand of an instruction, visible in its text or not.
struct DataOperand: Hashable {
    /// What it is.
    enum Kind: Hashable {
        /// Bytes of a register, from one on.
        case register(DataRegister, first: Int)
        /// ST(i): which register that is depends on the top of the stack.
        case stackTop(Int)
        case memory(DataAddress)
        /// The address alone, as of LEA.
        case address(DataAddress)
        case immediate(UInt64)
        /// RIP, or what does not matter.
        case none
    }

    var kind: Kind
    /// In bytes; 1 for registers that count as one byte.
    var count: Int
    var isRead: Bool
    var isWritten: Bool
    /// Whether the instruction's text or its meaning names it. The rest are the stack pointer, counters and the like.
    var isVisible: Bool

    init(_ operand: ZydisDecodedOperand) {
        count = Int(operand.size) / 8
        isRead = operand.actions & Self.reading != 0
        isWritten = operand.actions & Self.writing != 0
        isVisible = operand.visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN
        switch operand.type {
        case ZYDIS_OPERAND_TYPE_REGISTER: kind = Self.register(operand.reg.value)
        case ZYDIS_OPERAND_TYPE_MEMORY:
            let memory = operand.mem
            let address = DataAddress(memory)
            kind = memory.type == ZYDIS_MEMOP_TYPE_AGEN ? .address(address) : .memory(address)
        case ZYDIS_OPERAND_TYPE_IMMEDIATE: kind = .immediate(unsafe operand.imm.value.u)
        default: kind = .none
        }
        if case .register(let register, _) = kind { count = min(count, register.byteCount) }
        if case .stackTop = kind { count = 1 }
        // The decoder counts an address that is only computed as neither read nor written.
        if case .address = kind { isRead = true }
    }

    var isMemory: Bool { if case .memory = kind { true } else { false } }

    var address: DataAddress? {
        switch kind {
        case .memory(let address), .address(let address): address
        default: nil
        }
    }

    var immediate: UInt64? { if case .immediate(let value) = kind { value } else { nil } }

    /// The general register; nil for others.
    var general: GeneralRegister? { if case .register(.general(let register), _) = kind { register } else { nil } }

    private static let reading = UInt8(truncatingIfNeeded: ZYDIS_OPERAND_ACTION_MASK_READ.rawValue)
    private static let writing = UInt8(truncatingIfNeeded: ZYDIS_OPERAND_ACTION_MASK_WRITE.rawValue)

    /// Registers of the system that arithmetic consults without taking data from them.
    private static let ignored: Set<ZydisRegister.RawValue> = Set(
        [
            ZYDIS_REGISTER_NONE, ZYDIS_REGISTER_RIP, ZYDIS_REGISTER_EIP, ZYDIS_REGISTER_IP, ZYDIS_REGISTER_FLAGS,
            ZYDIS_REGISTER_EFLAGS, ZYDIS_REGISTER_RFLAGS, ZYDIS_REGISTER_MXCSR, ZYDIS_REGISTER_X87CONTROL,
            ZYDIS_REGISTER_X87STATUS, ZYDIS_REGISTER_X87TAG,
        ].map(\.rawValue)
    )

    static func register(_ register: ZydisRegister) -> Kind {
        if let (general, first) = GeneralRegister.part(register) { return .register(.general(general), first: first) }
        let number = Int(ZydisRegisterGetId(register))
        switch ZydisRegisterGetClass(register) {
        case ZYDIS_REGCLASS_XMM, ZYDIS_REGCLASS_YMM, ZYDIS_REGCLASS_ZMM:
            return number < 16 ? .register(.vector(number), first: 0) : .none
        case ZYDIS_REGCLASS_MMX: return .register(.stack(number), first: 0)
        case ZYDIS_REGCLASS_X87: return .stackTop(number)
        default:
            if ignored.contains(register.rawValue) { return .none }
            // SAFETY: Zydis gives the names of its registers as constant text that ends with a zero.
            let name = unsafe ZydisRegisterGetString(register).map { unsafe String(cString: $0) }
            return .register(.system(name ?? "a register of the system"), first: 0)
        }
    }
}

extension GeneralRegister {
    /// The general register of which a register is a part, and the first byte of that part; nil for others.
    static func part(_ register: ZydisRegister) -> (GeneralRegister, first: Int)? {
        let number = Int(register.rawValue)
        // Zydis numbers the byte registers AL, CL, DL, BL, AH, CH, DH, BH, SPL, BPL, SIL, DIL, R8B and so on.
        let firstByte = Int(ZYDIS_REGISTER_AL.rawValue)
        if number >= firstByte, number <= Int(ZYDIS_REGISTER_R15B.rawValue) {
            let index = number - firstByte
            let isHigh = (4..<8).contains(index)
            return GeneralRegister(rawValue: index < 4 ? index : index - 4).map { ($0, isHigh ? 1 : 0) }
        }
        for first in [ZYDIS_REGISTER_AX, ZYDIS_REGISTER_EAX, ZYDIS_REGISTER_RAX] {
            let index = number - Int(first.rawValue)
            if let register = GeneralRegister(rawValue: index) { return (register, 0) }
        }
        return nil
    }
}
