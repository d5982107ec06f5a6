import Testing

@testable import SoftCPU

/// Transcendental functions, compared with the processor: no result is further away than one unit in the last place, which is
/// what processors warrant; exceptions are equal, but for those that this unit decides. How many results are equal to the last
/// bit is a matter of the line: docs/software-processor.md has the figures.
@Suite(.enabled(if: NativeCode.isAvailable))
struct FloatTranscendentalTests {
    struct Function: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        /// Of ST(0) and ST(1).
        let compute: @Sendable (SoftExtended, SoftExtended, inout FloatEnvironment) -> SoftExtended
        var testDescription: String { name }
    }

    static let functions: [Function] = [
        Function(name: "F2XM1", code: [0xD9, 0xF0]) { x, _, environment in
            SoftExtended.exponentialLess1(x, &environment)
        },
        Function(name: "FYL2X", code: [0xD9, 0xF1]) { SoftExtended.logarithm($0, times: $1, &$2) },
        Function(name: "FYL2XP1", code: [0xD9, 0xF9]) { SoftExtended.logarithmOf1More($0, times: $1, &$2) },
        Function(name: "FPATAN", code: [0xD9, 0xF3]) { SoftExtended.arcTangent($1, by: $0, &$2) },
        Function(name: "FSIN", code: [0xD9, 0xFE]) { x, _, environment in
            x.isBeyondReduction ? x : SoftExtended.sine(x, &environment)
        },
        Function(name: "FCOS", code: [0xD9, 0xFF]) { x, _, environment in
            x.isBeyondReduction ? x : SoftExtended.cosine(x, &environment)
        },
        // FSTP ST(0) drops what is pushed behind the tangent.
        Function(name: "FPTAN", code: [0xD9, 0xF2, 0xDD, 0xD8]) { x, _, environment in
            x.isBeyondReduction ? x : SoftExtended.tangent(x, &environment)
        },
    ]

    @Test(arguments: functions)
    func function(_ function: Function) {
        let registers = NativeRegisters()
        let code = NativeCode(function.code)
        var equal = 0

        let differences = RandomOperands.differences(function.name) { operands in
            let x = operands.argument(of: function.name)
            if function.name == "FPTAN", x.isBeyondReduction { return nil }
            let y = operands.extended()
            let control = operands.controlWord() | 0x3F
            var environment = FloatEnvironment(controlWord: control)
            let result = function.compute(x, y, &environment)
            registers.controlWord = control
            registers.statusWord = 0
            registers.tags = 0x7F
            registers[st: 0] = x
            registers[st: 1] = y
            registers.run(code)
            let found = registers[st: 0]
            let status = registers.statusWord & 0x3F
            equal += found == result ? 1 : 0
            let expected = environment.raised.rawValue & 0x3F
            let decided = result.exceptionsOfOneUnit
            return found.isWithinOneUnit(of: result) && status & ~decided == expected & ~decided
                ? nil
                : """
                \(x.shown) \(y.shown) control \(String(control, radix: 16)): processor \(found.shown) \
                \(String(registers.statusWord, radix: 16)), software \(result.shown) \(String(expected, radix: 16))
                """
        }

        #expect(differences == [])
        #expect(equal * 100 > RandomOperands.count * (NativeCode.quirks == .intel ? 75 : 50))
    }
}

extension SoftExtended {
    /// Whether two numbers are equal or neighbours.
    func isWithinOneUnit(of other: SoftExtended) -> Bool {
        guard isNegative == other.isNegative else { return false }
        let first = UInt128(field == 0 && significand >> 63 == 1 ? 1 : field) << 63 | UInt128(significand & ~(1 << 63))
        let second = UInt128(other.field) << 63 | UInt128(other.significand & ~(1 << 63))
        return first > second ? first - second <= 1 : second - first <= 1
    }

    /// The exceptions that a result has or has not by its last unit: at the ends of the range underflow and overflow.
    var exceptionsOfOneUnit: UInt16 {
        var exceptions: FloatFlags = []
        if field <= 1 { exceptions.insert(.underflow) }
        if field >= Self.topField - 1 { exceptions.insert(.overflow) }
        return exceptions.rawValue
    }
}

extension RandomOperands {
    /// An operand in the range of a function more often than not.
    mutating func argument(of function: String) -> SoftExtended {
        var number = extended()
        guard below(4) != 0 else { return number }
        let exponent: UInt64 =
            switch function {
            case "F2XM1": 16383 - 1 - below(70)
            case "FYL2XP1": 16383 - 2 - below(70)
            case "FYL2X": 16383 - 2 + below(4)
            default: 16383 - 66 + below(130)
            }
        number.significand |= 1 << 63
        number.signAndExponent = UInt16(exponent | (function == "FYL2X" ? 0 : below(2) << 15))
        return number
    }
}
