import CZydis

@testable import SoftCPU

/// What makes two encodings the same form: mnemonic, prefixes that change what is done, and kind, class and size of each operand.
struct FormKey: Hashable {
    private let mnemonic: UInt32
    private let prefixes: UInt8
    /// 32 bits for each operand that is written in assembly language.
    private let operands: UInt128

    /// LOCK, REP, REPE, REPNE as Zydis's attributes have them, where an instruction takes them.
    private static let prefixAttributes: [(bit: UInt64, name: String)] = [
        (27, "lock"), (28, "rep"), (29, "repe"), (30, "repne"),
    ]

    init(_ decoded: DecodedInstruction) {
        mnemonic = unsafe decoded.instruction.mnemonic.rawValue
        prefixes = unsafe UInt8(truncatingIfNeeded: decoded.instruction.attributes >> 27 & 15)
        var operands: UInt128 = 0
        for index in unsafe 0..<min(4, Int(decoded.instruction.operand_count_visible)) {
            let operand = decoded.operands[index]
            var bits = UInt32(operand.type.rawValue) << 24 | UInt32(operand.size)
            if operand.type == ZYDIS_OPERAND_TYPE_REGISTER {
                bits |= ZydisRegisterGetClass(operand.reg.value).rawValue << 28
            }
            operands = operands << 32 | UInt128(bits)
        }
        self.operands = operands
    }

    /// The form as the report names it, of an instruction that has it.
    static func name(_ decoded: DecodedInstruction) -> String {
        var words: [String] = []
        for (bit, name) in prefixAttributes where unsafe decoded.instruction.attributes >> bit & 1 != 0 {
            words.append(name)
        }
        words.append(mnemonic(decoded))
        for index in unsafe 0..<Int(decoded.instruction.operand_count_visible) {
            let operand = decoded.operands[index]
            let kind =
                switch operand.type {
                case ZYDIS_OPERAND_TYPE_MEMORY: "m"
                case ZYDIS_OPERAND_TYPE_IMMEDIATE: "i"
                default: registerKind(operand.reg.value)
                }
            words.append(kind + String(operand.size))
        }
        return words.joined(separator: " ")
    }

    /// The mnemonic, with "(sse)" behind those that string instructions have too.
    static func mnemonic(_ decoded: DecodedInstruction) -> String {
        let text = unsafe String(cString: ZydisMnemonicGetString(decoded.instruction.mnemonic))
        let isShared = text == "movsd" || text == "cmpsd"
        let isString = unsafe decoded.instruction.meta.category == ZYDIS_CATEGORY_STRINGOP
        return isShared && !isString ? text + "(sse)" : text
    }

    private static func registerKind(_ register: ZydisRegister) -> String {
        switch ZydisRegisterGetClass(register) {
        case ZYDIS_REGCLASS_XMM: "x"
        case ZYDIS_REGCLASS_MMX: "mm"
        case ZYDIS_REGCLASS_X87: "st"
        case ZYDIS_REGCLASS_SEGMENT: "sreg"
        case ZYDIS_REGCLASS_CONTROL: "cr"
        case ZYDIS_REGCLASS_DEBUG: "dr"
        default: "r"
        }
    }
}
