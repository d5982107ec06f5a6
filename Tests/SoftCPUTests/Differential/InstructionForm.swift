import CZydis

/// A form of an instruction with all the encodings that it has.
struct InstructionForm {
    let name: String
    /// As the list of missing forms names it.
    let mnemonic: String
    let key: FormKey
    let scope: FormScope
    var encodings: [Encoding] = []
}

/// Bytes that make a form: what may follow is an index byte, a displacement and an immediate.
struct Encoding {
    /// Prefixes in front of REX.
    let prefixes: [UInt8]
    let isWide: Bool
    /// 0F, 0F 38, 0F 3A or nothing, and the opcode.
    let opcode: [UInt8]
    /// ModRM bytes that give the form; all of them where there is none.
    var modRM = ByteSet()
}

/// A set of bytes.
struct ByteSet {
    private(set) var members: [UInt8] = []

    mutating func insert(_ byte: UInt8) { members.append(byte) }
}
