import CNative
import CZydis

@testable import SoftCPU

/// A random number generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// One instruction of user mode in 64-bit code, with registers that lead its accesses into the data region.
struct RandomInstruction {
    var bytes: [UInt8]
    var registers: [UInt64]
    var flags: UInt64
    /// The arithmetic flags that the manuals leave open.
    var undefinedFlags: UInt64
    /// Mnemonic and operands: what the report counts.
    var form: String

    /// Makes one, if the bytes that were drawn are an instruction in scope.
    init?(_ random: inout SeededGenerator, _ decoder: inout Decoders) {
        var bytes = Self.draw(&random)
        var decoded = DecodedInstruction()
        guard Self.decode(&bytes, &decoder, &decoded), Self.isInScope(decoded) else { return nil }
        registers = (0..<16).map { _ in Self.value(&random) }
        Self.placeDisplacement(&bytes, decoded, &random)
        guard Self.decode(&bytes, &decoder, &decoded) else { return nil }
        self.bytes = Array(bytes.prefix(unsafe Int(decoded.instruction.length)))
        form = Self.form(decoded)
        // SAFETY: the decoder's tables are static.
        undefinedFlags = unsafe decoded.instruction.cpu_flags.map { unsafe UInt64($0.pointee.undefined) } ?? 0
        flags = random.next() & (Flag.arithmetic | Flag.direction) | Flag.fixed | Flag.interrupt
        if random.next() & 3 != 0 { flags &= ~Flag.direction }
        place(decoded, &random)
    }

    private static func decode(
        _ bytes: inout [UInt8],
        _ decoder: inout Decoders,
        _ decoded: inout DecodedInstruction
    ) -> Bool {
        let count = bytes.count
        let status = unsafe bytes.withUnsafeBytes {
            decoder.decode(
                [.long, .stack32, .flat],
                at: UInt(bitPattern: $0.baseAddress!),
                byteCount: min(count, 15),
                into: &decoded
            )
        }
        return status & 0x8000_0000 == 0
    }

    /// Bytes that may be an instruction: prefixes, one of the four opcode maps, and more.
    private static func draw(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        let choice = random.next()
        if choice & 7 == 0 { bytes.append(0x66) }
        if choice >> 3 & 15 == 0 { bytes.append(choice >> 7 & 1 == 0 ? 0xF2 : 0xF3) }
        if choice >> 8 & 31 == 0 { bytes.append(0xF0) }
        if choice >> 13 & 31 == 0 { bytes.append(0x67) }
        if choice >> 18 & 1 == 0 { bytes.append(0x40 | UInt8(choice >> 20 & 15)) }
        switch choice >> 24 & 15 {
        case 0..<7: break
        case 7..<14: bytes.append(0x0F)
        case 14: bytes += [0x0F, 0x38]
        default: bytes += [0x0F, 0x3A]
        }
        for _ in 0..<2 { withBytes(of: random.next()) { bytes += $0 } }
        return Array(bytes.prefix(15))
    }

    private static func withBytes(of value: UInt64, _ body: ([UInt8]) -> Void) {
        body((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
    }

    /// A register's value: often one at an edge.
    private static func value(_ random: inout SeededGenerator) -> UInt64 {
        let bits = random.next()
        let sizes: [UInt64] = [8, 16, 32, 64]
        let size = sizes[Int(bits & 3)]
        switch bits >> 2 & 7 {
        case 0: return 0
        case 1: return ~0
        case 2: return 1 << (size - 1)
        case 3: return (1 << (size - 1)) - 1
        case 4: return bits >> 8 & 0xFF
        default: return random.next()
        }
    }

    /// What the report counts: mnemonic, and kind and size of each operand.
    static func form(_ decoded: DecodedInstruction) -> String {
        var text = unsafe String(cString: ZydisMnemonicGetString(decoded.instruction.mnemonic))
        for index in unsafe 0..<Int(decoded.instruction.operand_count_visible) {
            let operand = decoded.operands[index]
            let kind =
                switch operand.type {
                case ZYDIS_OPERAND_TYPE_MEMORY: "m"
                case ZYDIS_OPERAND_TYPE_IMMEDIATE: "i"
                default: "r"
                }
            text += " \(kind)\(operand.size)"
        }
        return text
    }
}
