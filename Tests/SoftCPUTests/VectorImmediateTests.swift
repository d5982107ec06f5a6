import Testing

@testable import SoftCPU

/// Packed instructions with an immediate or a mask, or with results elsewhere, compared with the processor.
@Suite(.enabled(if: NativeCode.isAvailable))
struct VectorImmediateTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        let perform: @Sendable (Vector128, Vector128, UInt8) -> Vector128
        var testDescription: String { name }

        init(
            _ name: String,
            _ code: UInt8...,
            perform: @escaping @Sendable (Vector128, Vector128, UInt8) -> Vector128
        ) {
            self.name = name
            self.code = code
            self.perform = perform
        }
    }

    static let operations: [Operation] = [
        Operation("PSHUFD", 0x66, 0x0F, 0x70, 0xC1) { Packed.pshufd($1, $2) },
        Operation("PSHUFLW", 0xF2, 0x0F, 0x70, 0xC1) { Packed.pshuflw($1, $2) },
        Operation("PSHUFHW", 0xF3, 0x0F, 0x70, 0xC1) { Packed.pshufhw($1, $2) },
        Operation("SHUFPS", 0x0F, 0xC6, 0xC1, perform: Packed.shufps),
        Operation("SHUFPD", 0x66, 0x0F, 0xC6, 0xC1, perform: Packed.shufpd),
        Operation("PALIGNR", 0x66, 0x0F, 0x3A, 0x0F, 0xC1, perform: Packed.palignr),
        Operation("PBLENDW", 0x66, 0x0F, 0x3A, 0x0E, 0xC1, perform: Packed.pblendw),
        Operation("BLENDPS", 0x66, 0x0F, 0x3A, 0x0C, 0xC1, perform: Packed.blendps),
        Operation("BLENDPD", 0x66, 0x0F, 0x3A, 0x0D, 0xC1, perform: Packed.blendpd),
        Operation("MPSADBW", 0x66, 0x0F, 0x3A, 0x42, 0xC1, perform: Packed.mpsadbw),
        Operation("PCLMULQDQ", 0x66, 0x0F, 0x3A, 0x44, 0xC1, perform: Carryless.pclmulqdq),
        Operation("AESKEYGENASSIST", 0x66, 0x0F, 0x3A, 0xDF, 0xC1) { AES.aeskeygenassist($1, $2) },
        Operation("PSLLDQ", 0x66, 0x0F, 0x73, 0xF8) { left, _, count in Packed.pslldq(left, UInt64(count)) },
        Operation("PSRLDQ", 0x66, 0x0F, 0x73, 0xD8) { left, _, count in Packed.psrldq(left, UInt64(count)) },
        Operation("INSERTPS", 0x66, 0x0F, 0x3A, 0x21, 0xC1) { left, right, control in
            Packed.insertps(left, right.doublewords[Int(control >> 6)], control)
        },
    ]

    @Test(arguments: operations)
    func everyImmediate(_ operation: Operation) {
        let registers = NativeRegisters()
        let codes = (0...255).map { NativeCode(operation.code + [UInt8($0)]) }

        let differences = RandomOperands.differences(operation.name) { operands in
            let left = operands.vector()
            let right = operands.vector()
            let control = UInt8(operands.below(operands.below(2) == 0 ? 256 : 32))
            let result = operation.perform(left, right, control)
            registers[xmm: 0] = left
            registers[xmm: 1] = right
            registers.run(codes[Int(control)])
            return registers[xmm: 0] == result
                ? nil : "\(left) \(right) \(control): processor \(registers[xmm: 0]), software \(result)"
        }

        #expect(differences == [])
    }

    struct Blend: Sendable, CustomTestStringConvertible {
        let name: String
        let opcode: UInt8
        let perform: @Sendable (Vector128, Vector128, Vector128) -> Vector128
        var testDescription: String { name }
    }

    static let blends: [Blend] = [
        Blend(name: "PBLENDVB", opcode: 0x10) { Packed.pblendvb($0, $1, mask: $2) },
        Blend(name: "BLENDVPS", opcode: 0x14) { Packed.blendvps($0, $1, mask: $2) },
        Blend(name: "BLENDVPD", opcode: 0x15) { Packed.blendvpd($0, $1, mask: $2) },
    ]

    /// With the mask in XMM0.
    @Test(arguments: blends)
    func blend(_ operation: Blend) {
        let registers = NativeRegisters()
        let code = NativeCode([0x66, 0x0F, 0x38, operation.opcode, 0xD1])

        let differences = RandomOperands.differences(operation.name) { operands in
            let (left, right, mask) = (operands.vector(), operands.vector(), operands.vector())
            let result = operation.perform(left, right, mask)
            registers[xmm: 0] = mask
            registers[xmm: 1] = right
            registers[xmm: 2] = left
            registers.run(code)
            return registers[xmm: 2] == result ? nil : "\(left) \(right) \(mask): processor \(registers[xmm: 2])"
        }

        #expect(differences == [])
    }

    /// Results in RAX or in flags.
    @Test func masksAndFlags() {
        let registers = NativeRegisters()
        let codes: [(NativeCode, (NativeRegisters) -> UInt64, (Vector128, Vector128) -> UInt64)] = [
            (NativeCode([0x66, 0x0F, 0xD7, 0xC1]), \.rax, { Packed.pmovmskb($1) }),
            (NativeCode([0x0F, 0x50, 0xC1]), \.rax, { Packed.movmskps($1) }),
            (NativeCode([0x66, 0x0F, 0x50, 0xC1]), \.rax, { Packed.movmskpd($1) }),
            (
                NativeCode([0x66, 0x0F, 0x38, 0x17, 0xC1]), \.flags,
                {
                    let result = Packed.ptest($0, $1)
                    return (result.zero ? 0x40 : 0) | (result.carry ? 1 : 0)
                }
            ),
        ]

        let differences = RandomOperands.differences("masks") { operands in
            let left = operands.vector()
            let right = operands.below(3) == 0 ? left : operands.below(3) == 0 ? Vector128() : operands.vector()
            let (code, found, result) = codes[Int(operands.below(4))]
            registers[xmm: 0] = left
            registers[xmm: 1] = right
            registers.run(code)
            return found(registers) == result(left, right) ? nil : "\(left) \(right): processor \(found(registers))"
        }

        #expect(differences == [])
    }

    @Test func mmxImmediates() {
        let registers = NativeRegisters()
        let shuffles = (0...255).map { NativeCode([0x0F, 0x70, 0xC1, UInt8($0)]) }
        let alignments = (0...255).map { NativeCode([0x0F, 0x3A, 0x0F, 0xC1, UInt8($0)]) }

        let differences = RandomOperands.differences("PSHUFW") { operands in
            let (left, right) = (operands.next(), operands.next())
            let control = UInt8(operands.below(operands.below(2) == 0 ? 256 : 20))
            let isShuffle = operands.below(2) == 0
            let result = isShuffle ? MMX.pshufw(right, control) : MMX.palignr(left, right, control)
            registers[mm: 0] = left
            registers[mm: 1] = right
            registers.run((isShuffle ? shuffles : alignments)[Int(control)])
            return registers[mm: 0] == result ? nil : "\(left) \(right) \(control): \(registers[mm: 0]) \(result)"
        }

        #expect(differences == [])
    }

    @Test func checksum() {
        let registers = NativeRegisters()
        let codes = [
            (1, NativeCode([0xF2, 0x0F, 0x38, 0xF0, 0xC1])), (2, NativeCode([0x66, 0xF2, 0x0F, 0x38, 0xF1, 0xC1])),
            (4, NativeCode([0xF2, 0x0F, 0x38, 0xF1, 0xC1])), (8, NativeCode([0xF2, 0x48, 0x0F, 0x38, 0xF1, 0xC1])),
        ]

        let differences = RandomOperands.differences("CRC32") { operands in
            let (size, code) = codes[Int(operands.below(4))]
            let (before, value) = (operands.next(), operands.next())
            let result = CRC32C.update(UInt32(truncatingIfNeeded: before), value, bytes: size)
            registers.rax = before
            registers.rcx = value
            registers.run(code)
            return registers.rax == UInt64(result) ? nil : "\(before) \(value) \(size): \(registers.rax) \(result)"
        }

        #expect(differences == [])
    }
}
