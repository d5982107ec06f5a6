import CNative

@testable import SoftCPU

/// A random x87 instruction of 64-bit code with a random stack, control word, and operand in memory.
struct RandomX87 {
    let bytes: [UInt8]
    let form: String
    /// Results of the transcendental functions are not equal to the last bit.
    let isTranscendental: Bool
    var context = native_context()
    /// Where the operand in memory is, and what is there.
    let address: UInt64
    let operand: [UInt64]

    /// Makes one; nil where the bytes that were drawn are no instruction.
    init?(_ operands: inout RandomOperands, _ decoder: inout Decoders) {
        let choice = operands.next()
        let number = UInt8(truncatingIfNeeded: choice >> 8)
        var opcode: UInt8 = choice >> 16 & 63 == 0 ? 0x9B : 0xD8 + UInt8(choice >> 24 & 7)
        var modrm = number
        switch choice >> 40 & 3 {
        // A memory operand is at RAX.
        case 0: modrm &= 0x38
        case 1: modrm |= 0xC0
        // Those that are instructions of their own.
        default: (opcode, modrm) = (0xD9, number | 0xE0)
        }
        let prefixes: [[UInt8]] = [[0x66], [0x48], [0x2E], [], [], [], [], []]
        bytes = prefixes[Int(choice >> 32 & 7)] + (opcode == 0x9B ? [opcode] : [opcode, modrm])
        guard let name = Self.name(bytes, &decoder) else { return nil }
        form = name
        isTranscendental = Self.transcendental.contains(name)
        address = NATIVE_DATA + 0x8000 + operands.below(64)
        operand = Self.operand(&operands)
        setRegisters(&operands)
    }

    private static let transcendental: Set<String> = [
        "f2xm1", "fyl2x", "fyl2xp1", "fpatan", "fptan", "fsin", "fcos", "fsincos",
    ]

    private static func name(_ bytes: [UInt8], _ decoder: inout Decoders) -> String? {
        var decoded = DecodedInstruction()
        let padded = bytes + [UInt8](repeating: 0x90, count: 15 - bytes.count)
        let status = unsafe padded.withUnsafeBytes {
            decoder.decode(
                [.long, .stack32, .flat],
                at: UInt(bitPattern: $0.baseAddress!),
                byteCount: 15,
                into: &decoded
            )
        }
        return status & 0x8000_0000 == 0 ? RandomInstruction.form(decoded) : nil
    }

    /// What may be anything that an instruction loads: numbers of all formats, an environment, digits.
    private static func operand(_ operands: inout RandomOperands) -> [UInt64] {
        var words = (0..<16).map { _ in operands.next() }
        switch operands.below(8) {
        case 0, 1: words[0] = UInt64(operands.single().bits)
        case 2, 3: words[0] = operands.double().bits
        case 4:
            let number = operands.extended()
            (words[0], words[1]) = (number.significand, UInt64(number.signAndExponent))
        case 5:
            (words[0], words[1]) = (operands.decimalDigits(16), operands.decimalDigits(2) | operands.below(256) << 8)
        case 6: words[0] >>= operands.below(64)
        default: break
        }
        return words
    }

    private mutating func setRegisters(_ operands: inout RandomOperands) {
        let registers = (0..<8).map { _ in operands.stackRegister() }
        let control = operands.controlWord()
        var status = UInt16(truncatingIfNeeded: operands.next()) & 0x7F7F
        // Pending exceptions are few.
        if operands.below(8) != 0 { status &= ~0x3F | control }
        let tags =
            operands.below(3) == 0 ? UInt8(truncatingIfNeeded: operands.next()) : 0xFF << UInt8(operands.below(9))
        let top = Int(status >> 11 & 7)
        let rotated = operands.below(3) == 0 ? tags : tags << UInt8(top) | tags >> UInt8(8 - top)
        let opcode = operands.below(0x800)
        let pointers = [operands.next() >> 17, operands.next() >> 17]
        unsafe withUnsafeMutableBytes(of: &context.fxsave) { area in
            func put<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
                // SAFETY: offsets are within the 512 bytes of FXSAVE.
                unsafe area.storeBytes(of: value, toByteOffset: offset, as: T.self)
            }
            put(control, 0)
            put(status, 2)
            put(rotated, 4)
            put(UInt16(opcode), 6)
            put(pointers[0], 8)
            put(pointers[1], 16)
            put(UInt32(0x1F80), 24)
            for (index, register) in registers.enumerated() {
                put(register.significand, 32 + 16 * index)
                put(register.signAndExponent, 40 + 16 * index)
            }
        }
        context.flags = operands.next() & Flag.arithmetic | Flag.fixed | Flag.interrupt
        context.general.0 = address
        context.general.4 = NATIVE_STACK
    }
}

extension RandomOperands {
    /// A number that is as likely to be in the range of a function as not.
    mutating func stackRegister() -> SoftExtended {
        var number = extended()
        guard below(2) == 0 else { return number }
        number.significand |= 1 << 63
        number.signAndExponent = UInt16(16383 - 40 + below(110)) | UInt16(below(2)) << 15
        return number
    }
}
