import CNative
import CZydis

@testable import SoftCPU

/// One instruction of user mode, with registers that lead its accesses into the data region.
struct RandomInstruction {
    var bytes: [UInt8]
    /// The code that it is in.
    let width: CodeWidth
    var registers: [UInt64]
    var flags: UInt64
    /// The arithmetic flags that the manuals leave open.
    var undefinedFlags: UInt64
    /// Where its first operand in memory is, if it has one.
    var address: UInt64?
    /// What is stored there before, if that matters: words of 8 bytes.
    var operandWords: [UInt64] = []
    /// It uses registers of MMX.
    var isMMX: Bool
    /// It loads an environment or state of x87: which of the bytes a page fault names is the processor's choice.
    var loadsEnvironment: Bool
    /// It compares strings again and again.
    var repeatsComparison: Bool
    /// It is a transcendental function, whose result is warranted to one unit in the last place.
    var isApproximate: Bool

    /// Makes one of a form.
    init?(_ form: InstructionForm, _ width: CodeWidth, _ random: inout RandomOperands, _ decoders: inout Decoders) {
        let encoding = form.encodings[Int(random.below(UInt64(form.encodings.count)))]
        self.width = width
        var bytes = Self.draw(encoding, width, &random)
        var decoded = DecodedInstruction()
        guard decoders.decode(bytes, as: width, into: &decoded), FormKey(decoded) == form.key else { return nil }
        registers = (0..<16).map { $0 < width.registerCount ? Self.value(&random) & width.registerMask : 0 }
        let length = unsafe Int(decoded.instruction.length)
        bytes.removeSubrange(length...)
        Self.placeDisplacement(&bytes, decoded, &random)
        guard Self.placeTarget(&bytes, decoded) else { return nil }
        guard decoders.decode(bytes, as: width, into: &decoded), FormScope(decoded) == .compared else { return nil }
        self.bytes = bytes
        isMMX = unsafe (0..<Int(decoded.instruction.operand_count)).contains {
            let operand = decoded.operands[$0]
            return operand.type == ZYDIS_OPERAND_TYPE_REGISTER
                && ZydisRegisterGetClass(operand.reg.value) == ZYDIS_REGCLASS_MMX
        }
        let mnemonic = unsafe decoded.instruction.mnemonic
        loadsEnvironment = mnemonic == ZYDIS_MNEMONIC_FLDENV || mnemonic == ZYDIS_MNEMONIC_FRSTOR
        repeatsComparison = unsafe decoded.instruction.attributes >> 29 & 3 != 0
        isApproximate = unsafe Self.transcendental.contains(decoded.instruction.mnemonic)
        // SAFETY: the decoder's tables are static.
        undefinedFlags = unsafe decoded.instruction.cpu_flags.map { unsafe UInt64($0.pointee.undefined) } ?? 0
        flags = random.next() & (Flag.arithmetic | Flag.direction | Flag.identification) | Flag.fixed | Flag.interrupt
        if random.next() & 3 != 0 { flags &= ~Flag.direction }
        guard place(decoded, &random) else { return nil }
        for index in 0..<16 { registers[index] &= width.registerMask }
        if address != nil, operandWords.isEmpty { operandWords = Self.words(decoded, &random) }
    }

    /// One whose bytes and registers are given, with an operand in memory at an address.
    init(bytes: [UInt8], registers: [UInt64], address: UInt64, operandWords: [UInt64]) {
        self.bytes = bytes
        width = .bits64
        self.registers = registers
        self.address = address
        self.operandWords = operandWords
        flags = Flag.fixed | Flag.interrupt
        undefinedFlags = 0
        isMMX = false
        loadsEnvironment = false
        repeatsComparison = false
        isApproximate = false
    }

    private static let transcendental: Set<ZydisMnemonic> = [
        ZYDIS_MNEMONIC_F2XM1, ZYDIS_MNEMONIC_FYL2X, ZYDIS_MNEMONIC_FYL2XP1, ZYDIS_MNEMONIC_FPATAN, ZYDIS_MNEMONIC_FPTAN,
        ZYDIS_MNEMONIC_FSIN, ZYDIS_MNEMONIC_FCOS, ZYDIS_MNEMONIC_FSINCOS,
    ]

    /// What an operand in memory is to hold: what the instruction can load, or numbers of all formats.
    private static func words(_ decoded: DecodedInstruction, _ random: inout RandomOperands) -> [UInt64] {
        switch unsafe decoded.instruction.mnemonic {
        case ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ:
            let allowed = Flag.arithmetic | Flag.direction | Flag.identification | Flag.interrupt | Flag.privilegeLevel
            return [random.next() & allowed]
        case ZYDIS_MNEMONIC_LDMXCSR: return [UInt64(random.mxcsr()) | random.next() & 0x3F]
        case ZYDIS_MNEMONIC_FXRSTOR, ZYDIS_MNEMONIC_FXRSTOR64:
            return [random.next(), random.next(), random.next(), UInt64(random.mxcsr())]
        default: break
        }
        switch random.below(8) {
        case 0: return [random.double().bits, random.double().bits]
        case 1: return [random.singles(), random.singles()]
        case 2:
            let number = random.extended()
            return [number.significand, UInt64(number.signAndExponent)]
        case 3: return [random.vector().low, random.vector().high]
        case 4: return [random.next() >> random.below(64)]
        case 5: return [random.decimalDigits(16), random.decimalDigits(2) | random.below(256) << 8]
        default: return []
        }
    }

    /// Prefixes and opcode as the encoding has them, and anything behind that may be.
    private static func draw(_ encoding: Encoding, _ width: CodeWidth, _ random: inout RandomOperands) -> [UInt8] {
        let choice = random.next()
        var bytes: [UInt8] = []
        if choice & 31 == 0 { bytes.append([0x2E, 0x36, 0x3E, 0x26][Int(choice >> 5 & 3)]) }
        if choice >> 7 & 31 == 0 { bytes.append(0x67) }
        bytes += encoding.prefixes
        let extensions = UInt8(choice >> 12 & 7)
        if encoding.isWide {
            bytes.append(0x48 | extensions)
        } else if width.hasREX, choice >> 15 & 1 == 0 {
            bytes.append(0x40 | extensions)
        }
        bytes += encoding.opcode
        let members = encoding.modRM.members
        bytes.append(members[Int(choice >> 16) % members.count])
        while bytes.count < 15 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
        return bytes
    }

    /// A register's value: often one at an edge.
    private static func value(_ random: inout RandomOperands) -> UInt64 {
        let bits = random.next()
        let size = 8 << (bits & 3)
        switch bits >> 2 & 7 {
        case 0: return 0
        case 1: return ~0
        case 2: return 1 << (size - 1)
        case 3: return (1 << (size - 1)) - 1
        case 4: return bits >> 8 & 0xFF
        default: return random.next()
        }
    }
}
