import Testing

@testable import SoftCPU

/// Conversions, comparisons and roundings of SSE, compared with the processor.
@Suite(.enabled(if: NativeCode.isAvailable))
struct FloatConversionTests {
    struct Conversion: Sendable, CustomTestStringConvertible {
        let name: String
        /// On XMM0 and XMM1, or with RAX as destination or source.
        let code: [UInt8]
        /// The source in the low half of XMM1, or in RAX; the result in the low half of XMM0, or in RAX.
        let isToGeneral: Bool
        let convert: @Sendable (UInt64, inout FloatEnvironment) -> UInt64
        var testDescription: String { name }
    }

    static func toInteger(
        _ name: String,
        _ code: [UInt8],
        _ convert: @escaping @Sendable (UInt64, inout FloatEnvironment) -> UInt64
    ) -> Conversion { Conversion(name: name, code: code, isToGeneral: true, convert: convert) }

    static func toFloat(
        _ name: String,
        _ code: [UInt8],
        _ convert: @escaping @Sendable (UInt64, inout FloatEnvironment) -> UInt64
    ) -> Conversion { Conversion(name: name, code: code, isToGeneral: false, convert: convert) }

    static func single(_ bits: UInt64) -> SoftSingle { SoftSingle(bits: UInt32(truncatingIfNeeded: bits)) }
    static func word(_ value: Int64) -> UInt64 { UInt64(UInt32(truncatingIfNeeded: value)) }

    static let conversions: [Conversion] = [
        toInteger("CVTSS2SI32", [0xF3, 0x0F, 0x2D, 0xC1]) {
            word(SoftSingle.integer(single($0), bits: 32, rounding: $1.rounding, &$1))
        },
        toInteger("CVTSS2SI64", [0xF3, 0x48, 0x0F, 0x2D, 0xC1]) {
            UInt64(bitPattern: SoftSingle.integer(single($0), bits: 64, rounding: $1.rounding, &$1))
        },
        toInteger("CVTTSS2SI32", [0xF3, 0x0F, 0x2C, 0xC1]) {
            word(SoftSingle.integer(single($0), bits: 32, rounding: .towardZero, &$1))
        },
        toInteger("CVTTSS2SI64", [0xF3, 0x48, 0x0F, 0x2C, 0xC1]) {
            UInt64(bitPattern: SoftSingle.integer(single($0), bits: 64, rounding: .towardZero, &$1))
        },
        toInteger("CVTSD2SI32", [0xF2, 0x0F, 0x2D, 0xC1]) {
            word(SoftDouble.integer(SoftDouble(bits: $0), bits: 32, rounding: $1.rounding, &$1))
        },
        toInteger("CVTSD2SI64", [0xF2, 0x48, 0x0F, 0x2D, 0xC1]) {
            UInt64(bitPattern: SoftDouble.integer(SoftDouble(bits: $0), bits: 64, rounding: $1.rounding, &$1))
        },
        toInteger("CVTTSD2SI32", [0xF2, 0x0F, 0x2C, 0xC1]) {
            word(SoftDouble.integer(SoftDouble(bits: $0), bits: 32, rounding: .towardZero, &$1))
        },
        toInteger("CVTTSD2SI64", [0xF2, 0x48, 0x0F, 0x2C, 0xC1]) {
            UInt64(bitPattern: SoftDouble.integer(SoftDouble(bits: $0), bits: 64, rounding: .towardZero, &$1))
        },
        toFloat("CVTSS2SD", [0xF3, 0x0F, 0x5A, 0xC1]) { SoftDouble.converted(single($0), &$1).bits },
        toFloat("CVTSD2SS", [0xF2, 0x0F, 0x5A, 0xC1]) {
            UInt64(SoftSingle.converted(SoftDouble(bits: $0), &$1).bits)
        },
        toFloat("CVTSI2SS32", [0xF3, 0x0F, 0x2A, 0xC0]) {
            UInt64(SoftSingle.converted(Int64(Int32(truncatingIfNeeded: $0)), &$1).bits)
        },
        toFloat("CVTSI2SS64", [0xF3, 0x48, 0x0F, 0x2A, 0xC0]) {
            UInt64(SoftSingle.converted(Int64(bitPattern: $0), &$1).bits)
        },
        toFloat("CVTSI2SD32", [0xF2, 0x0F, 0x2A, 0xC0]) {
            SoftDouble.converted(Int64(Int32(truncatingIfNeeded: $0)), &$1).bits
        },
        toFloat("CVTSI2SD64", [0xF2, 0x48, 0x0F, 0x2A, 0xC0]) {
            SoftDouble.converted(Int64(bitPattern: $0), &$1).bits
        },
    ]

    @Test(arguments: conversions)
    func conversion(_ conversion: Conversion) {
        let registers = NativeRegisters()
        let code = NativeCode(conversion.code)
        let is32 = conversion.name.contains("SS2") || conversion.name.hasSuffix("SS")

        let differences = RandomOperands.differences(conversion.name) { operands in
            let double = operands.double().bits
            let single = UInt64(operands.single().bits)
            let number = operands.below(5) == 0 ? operands.next() >> operands.below(64) : is32 ? single : double
            let source = conversion.name.contains("SI2") && operands.below(2) == 0 ? operands.next() : number
            let mxcsr = operands.mxcsr()
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let result = conversion.convert(source, &environment)
            let before: UInt64 = is32 || conversion.name.contains("2SS") ? 0 : 0x1234
            registers[xmm: 0] = Vector128(low: before)
            registers[xmm: 1] = Vector128(low: source)
            registers.rax = source
            registers.mxcsr = mxcsr
            registers.run(code)
            let isShown = conversion.isToGeneral && !environment.isUnmasked
            registers[xmm: 0].low = isShown ? registers.rax : registers[xmm: 0].low
            let expected = environment.isUnmasked ? before : result
            return registers.difference(expected, environment, mxcsr, source)
        }

        #expect(differences == [])
    }

    @Test(arguments: 0..<8)
    func predicate(_ predicate: UInt8) {
        let registers = NativeRegisters()
        let code = NativeCode([0xF2, 0x0F, 0xC2, 0xC1, predicate])

        let differences = RandomOperands.differences("CMPSD\(predicate)") { operands in
            let left = operands.double()
            let right = operands.below(3) == 0 ? operands.near(left) : operands.double()
            let mxcsr = operands.mxcsr()
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let result: UInt64 = SoftDouble.holds(predicate, left, right, &environment) ? ~0 : 0
            registers[xmm: 0] = Vector128(low: left.bits)
            registers[xmm: 1] = Vector128(low: right.bits)
            registers.mxcsr = mxcsr
            registers.run(code)
            let expected = environment.isUnmasked ? left.bits : result
            return registers.difference(expected, environment, mxcsr, left.bits, right.bits)
        }

        #expect(differences == [])
    }

    @Test(arguments: [false, true])
    func flags(_ isSignalling: Bool) {
        let registers = NativeRegisters()
        let code = NativeCode([0x0F, isSignalling ? 0x2F : 0x2E, 0xC1])
        // ZF, PF and CF.
        let flags: [FloatRelation: UInt64] = [.equal: 0x40, .less: 1, .greater: 0, .unordered: 0x45]

        let differences = RandomOperands.differences("COMISS") { operands in
            let left = operands.single()
            let right = operands.below(3) == 0 ? operands.near(left) : operands.single()
            let mxcsr = operands.mxcsr() | 0x1F80
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let relation = SoftSingle.compare(left, right, isSignalling: isSignalling, &environment)
            registers[xmm: 0] = Vector128(low: UInt64(left.bits))
            registers[xmm: 1] = Vector128(low: UInt64(right.bits))
            registers.mxcsr = mxcsr
            registers.run(code)
            registers[xmm: 0].low = registers.flags
            return registers.difference(
                flags[relation] ?? 0,
                environment,
                mxcsr,
                UInt64(left.bits),
                UInt64(right.bits)
            )
        }

        #expect(differences == [])
    }

    @Test(arguments: 0..<16)
    func rounding(_ control: UInt8) {
        let registers = NativeRegisters()
        let code = NativeCode([0x66, 0x0F, 0x3A, 0x0B, 0xC1, control])

        let differences = RandomOperands.differences("ROUNDSD\(control)") { operands in
            let source = operands.double()
            let mxcsr = operands.mxcsr()
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let result = SoftDouble.integral(
                source,
                rounding: control & 4 != 0 ? environment.rounding : Rounding(rawValue: control & 3) ?? .nearest,
                isSilent: control & 8 != 0,
                findsDenormal: false,
                &environment
            )
            registers[xmm: 0] = Vector128(low: 0x1234)
            registers[xmm: 1] = Vector128(low: source.bits)
            registers.mxcsr = mxcsr
            registers.run(code)
            return registers.difference(environment.isUnmasked ? 0x1234 : result.bits, environment, mxcsr, source.bits)
        }

        #expect(differences == [])
    }
}
