import CZydis

@testable import SoftCPU

/// All forms of instructions that the decoder's tables have for a kind of code with legacy encodings, found by decoding every opcode
/// with every ModRM byte that can make a difference, and with the prefixes that do.
struct FormCatalog {
    private(set) var forms: [InstructionForm] = []
    private var indices: [FormKey: Int] = [:]
    private var decoders = Decoders()
    private let width: CodeWidth

    private static let prefixes: [[UInt8]] = [
        [], [0x66], [0xF2], [0xF3], [0x66, 0xF2], [0x66, 0xF3], [0xF0], [0x66, 0xF0],
    ]
    private static let maps: [[UInt8]] = [[], [0x0F], [0x0F, 0x38], [0x0F, 0x3A]]
    /// With memory the base register makes no difference; without, the three bits may be part of the opcode.
    private static let modRM: [UInt8] = (0..<8).map { $0 << 3 } + (0xC0...0xFF)

    init(_ width: CodeWidth = .bits64) {
        self.width = width
        for prefixes in Self.prefixes {
            for isWide in width.hasREX ? [false, true] : [false] {
                for map in Self.maps {
                    for opcode in UInt8.min...UInt8.max {
                        add(Encoding(prefixes: prefixes, isWide: isWide, opcode: map + [opcode]))
                    }
                }
            }
        }
    }

    private mutating func add(_ encoding: Encoding) {
        if encoding.opcode.count == 1, isPrefix(encoding.opcode[0]) { return }
        var found: [Int: Encoding] = [:]
        var decoded = DecodedInstruction()
        for modRM in Self.modRM {
            let bytes =
                encoding.prefixes + (encoding.isWide ? [0x48] : []) + encoding.opcode + [modRM]
                + [UInt8](repeating: 0, count: 8)
            guard decoders.decode(Array(bytes.prefix(15)), as: width, into: &decoded) else { continue }
            guard unsafe decoded.instruction.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY else { continue }
            let index = index(decoded)
            let hasModRM = unsafe decoded.instruction.attributes & 1 != 0
            let isMemory = modRM < 0xC0
            for byte in hasModRM ? (isMemory ? [modRM, modRM | 0x40, modRM | 0x80] : [modRM]) : [modRM] {
                for base in hasModRM && isMemory ? 0..<UInt8(8) : 0..<1 {
                    found[index, default: encoding].modRM.insert(byte | base)
                }
            }
        }
        for (index, encoding) in found { forms[index].encodings.append(encoding) }
    }

    private func isPrefix(_ byte: UInt8) -> Bool {
        [0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, 0x0F].contains(byte)
            || width.hasREX && byte & 0xF0 == 0x40
    }

    private mutating func index(_ decoded: DecodedInstruction) -> Int {
        let key = FormKey(decoded)
        if let index = indices[key] { return index }
        indices[key] = forms.count
        forms.append(
            InstructionForm(
                name: FormKey.name(decoded),
                mnemonic: FormKey.mnemonic(decoded),
                key: key,
                scope: FormScope(decoded)
            )
        )
        return forms.count - 1
    }
}

extension Decoders {
    /// Decodes bytes as code; says whether they are an instruction.
    mutating func decode(_ bytes: [UInt8], as width: CodeWidth = .bits64, into decoded: inout DecodedInstruction)
        -> Bool
    {
        let status = unsafe bytes.withUnsafeBytes {
            decode(
                width.mode,
                at: UInt(bitPattern: $0.baseAddress!),
                byteCount: bytes.count,
                into: &decoded
            )
        }
        return status & 0x8000_0000 == 0
    }
}
