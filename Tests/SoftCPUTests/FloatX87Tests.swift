import Testing

@testable import SoftCPU

/// Arithmetic of x87 but for transcendental functions, compared with the processor: results, exceptions and C1.
@Suite(.enabled(if: NativeCode.isAvailable))
struct FloatX87Tests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        /// The status word's bits that are compared.
        var mask: UInt16 = 0x23F
        let perform: @Sendable (SoftExtended, SoftExtended, inout FloatEnvironment) -> Outcome
        var testDescription: String { name }
    }

    /// A result with the condition code.
    struct Outcome {
        var value: SoftExtended
        var code: UInt16 = 0
        /// ST(1) behind the operation, if it is a result.
        var second: SoftExtended?
    }

    static func arithmetic(
        _ name: String,
        _ code: [UInt8],
        _ perform: @escaping @Sendable (SoftExtended, SoftExtended, inout FloatEnvironment) -> SoftExtended
    ) -> Operation {
        Operation(name: name, code: code) { Outcome(value: perform($0, $1, &$2)) }
    }

    static func remainder(_ name: String, _ code: [UInt8], toNearest: Bool) -> Operation {
        Operation(name: name, code: code, mask: 0x473F | 0x200) { left, right, environment in
            let result = SoftExtended.remainder(left, right, toNearest: toNearest, &environment)
            let quotient = UInt16(truncatingIfNeeded: result.quotient)
            let bits = (quotient >> 2 & 1) << 8 | (quotient >> 1 & 1) << 14 | (quotient & 1) << 9
            return Outcome(value: result.value, code: bits | (result.isPartial ? 0x400 : 0))
        }
    }

    static let operations: [Operation] = [
        arithmetic("FADD", [0xD8, 0xC1], SoftExtended.sum),
        arithmetic("FSUB", [0xD8, 0xE1], SoftExtended.difference),
        arithmetic("FSUBR", [0xD8, 0xE9]) { SoftExtended.difference($1, $0, &$2) },
        arithmetic("FMUL", [0xD8, 0xC9], SoftExtended.product),
        arithmetic("FDIV", [0xD8, 0xF1], SoftExtended.quotient),
        arithmetic("FDIVR", [0xD8, 0xF9]) { SoftExtended.quotient($1, $0, &$2) },
        arithmetic("FSQRT", [0xD9, 0xFA]) { left, _, environment in SoftExtended.squareRoot(left, &environment) },
        arithmetic("FRNDINT", [0xD9, 0xFC]) { left, _, environment in
            SoftExtended.integral(
                left,
                rounding: environment.rounding,
                isSilent: false,
                findsDenormal: true,
                &environment
            )
        },
        arithmetic("FSCALE", [0xD9, 0xFD]) { SoftExtended.scaled($0, by: $1, &$2) },
        remainder("FPREM", [0xD9, 0xF8], toNearest: false),
        remainder("FPREM1", [0xD9, 0xF5], toNearest: true),
        Operation(name: "FXTRACT", code: [0xD9, 0xF4]) { left, _, environment in
            let result = SoftExtended.extracted(left, &environment)
            return Outcome(value: result.significand, second: result.exponent)
        },
    ]

    @Test(arguments: operations)
    func operation(_ operation: Operation) {
        let registers = NativeRegisters()
        let code = NativeCode(operation.code)

        let differences = RandomOperands.differences(operation.name) { operands in
            let left = operands.extended()
            var right = operands.below(4) == 0 ? operands.near(left) : operands.extended()
            if operation.name == "FSCALE", operands.below(2) == 0 { right = operands.scale() }
            // Whether a denormal that stays as it is underflows is the processor's choice.
            let control = operands.controlWord() | (NativeCode.isMeasured ? 0 : 0x10)
            var environment = FloatEnvironment(controlWord: control, quirks: NativeCode.quirks)
            let outcome = operation.perform(left, right, &environment)
            registers.controlWord = control
            registers.statusWord = 0
            registers.tags = 0x7F
            registers[st: 0] = left
            registers[st: 1] = right
            registers.run(code)
            let value = environment.isStopped ? left : outcome.value
            let second = environment.isStopped ? nil : outcome.second
            let found = registers[st: second == nil ? 0 : 0]
            let foundSecond = second == nil ? nil : registers[st: 1]
            let status = registers.statusWord & operation.mask
            let expected = (environment.statusFlags | (environment.isStopped ? 0 : outcome.code)) & operation.mask
            let isSame = found == value && status == expected && foundSecond == second
            return isSame
                ? nil
                : """
                \(left.shown) \(right.shown) control \(String(control, radix: 16)): \
                processor \(found.shown) \(foundSecond?.shown ?? "") \(String(status, radix: 16)), \
                software \(value.shown) \(second?.shown ?? "") \(String(expected, radix: 16))
                """
        }

        #expect(differences == [])
    }
}

extension SoftExtended {
    /// Its bits in hexadecimal.
    var shown: String { String(signAndExponent, radix: 16) + ":" + String(significand, radix: 16) }
}

extension RandomOperands {
    /// A number by which FSCALE can scale.
    mutating func scale() -> SoftExtended {
        var environment = FloatEnvironment(controlWord: 0x37F)
        let fraction = SoftExtended.converted(Int64(below(1 << 36)) - 1 << 35, &environment)
        return .scaled(fraction, by: .converted(-20, &environment), &environment)
    }
}
