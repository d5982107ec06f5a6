import Testing

@testable import SoftCPU

/// The string comparisons of SSE4.2, compared with the processor, with every control byte.
@Suite(.enabled(if: NativeCode.isAvailable))
struct VectorStringTests {
    /// PCMPESTRM, PCMPESTRI, PCMPISTRM and PCMPISTRI.
    @Test(arguments: [0x60, 0x61, 0x62, 0x63])
    func comparison(_ opcode: UInt8) {
        let registers = NativeRegisters()
        let codes = (0...127).map { NativeCode([0x66, 0x0F, 0x3A, opcode, 0xD1, UInt8($0)]) }
        let isExplicit = opcode < 0x62
        let givesIndex = opcode & 1 != 0

        let differences = RandomOperands.differences("PCMPSTR\(opcode)") { operands in
            let control = UInt8(operands.below(128))
            let (left, right) = (operands.string(), operands.string())
            let first = Int64(Int32(truncatingIfNeeded: operands.below(40))) - 20
            let second = Int64(Int32(truncatingIfNeeded: operands.below(40))) - 20
            let result =
                isExplicit
                ? StringComparison(left, length: first, right, length: second, control)
                : StringComparison(left, right, control)
            registers[xmm: 0] = Vector128()
            registers[xmm: 2] = left
            registers[xmm: 1] = right
            registers.rax = UInt64(bitPattern: first)
            registers.rdx = UInt64(bitPattern: second)
            registers.rcx = 0
            registers.run(codes[Int(control)])
            let flags: UInt64 =
                (result.carry ? 1 : 0) | (result.zero ? 0x40 : 0) | (result.sign ? 0x80 : 0)
                | (result.overflow ? 0x800 : 0)
            let isSame =
                registers.flags == flags
                && (givesIndex ? registers.rcx == result.index : registers[xmm: 0] == result.mask)
            return isSame
                ? nil
                : """
                \(left) \(first) \(right) \(second) control \(control): processor \(registers.rcx) \
                \(registers[xmm: 0]) \(String(registers.flags, radix: 16)), software \(result.index) \(result.mask) \
                \(String(flags, radix: 16))
                """
        }

        #expect(differences == [])
    }
}

extension RandomOperands {
    /// A vector of few different characters, so that many are equal.
    mutating func string() -> Vector128 {
        var result = vector()
        if below(4) != 0 {
            result = Vector128()
            let wide = below(2) == 0
            for place in 0..<UInt64(8) {
                let characters: [UInt64] = [0x61, 0x62, 0x63, 0x80, 0xFF, 0, 0x61, 0x62]
                let byte = characters[Int(below(below(3) == 0 ? 8 : 3))]
                result.low |= byte << (8 * place)
                let other = characters[Int(below(below(3) == 0 ? 8 : 3))]
                result.high |= other << (8 * place)
            }
            if wide { result = Packed.pmovsxbw(result) }
        }
        return result
    }
}
