import Testing

@testable import SoftCPU

/// What x87 loads and stores in other formats, compared with the processor.
@Suite(.enabled(if: NativeCode.isAvailable))
struct FloatX87MemoryTests {
    struct Load: Sendable, CustomTestStringConvertible {
        let name: String
        let opcode: [UInt8]
        let load: @Sendable (UInt64, UInt16, inout FloatEnvironment) -> SoftExtended
        var testDescription: String { name }
    }

    static let loads: [Load] = [
        Load(name: "FLD32", opcode: [0xD9, 0x44]) { bits, _, environment in
            .converted(SoftSingle(bits: UInt32(truncatingIfNeeded: bits)), &environment)
        },
        Load(name: "FLD64", opcode: [0xDD, 0x44]) { bits, _, environment in
            .converted(SoftDouble(bits: bits), &environment)
        },
        Load(name: "FILD16", opcode: [0xDF, 0x44]) { bits, _, environment in
            .converted(Int64(Int16(truncatingIfNeeded: bits)), &environment)
        },
        Load(name: "FILD32", opcode: [0xDB, 0x44]) { bits, _, environment in
            .converted(Int64(Int32(truncatingIfNeeded: bits)), &environment)
        },
        Load(name: "FILD64", opcode: [0xDF, 0x6C]) { bits, _, environment in
            .converted(Int64(bitPattern: bits), &environment)
        },
        Load(name: "FBLD", opcode: [0xDF, 0x64]) { low, high, _ in SoftExtended(decimal: low, high) },
    ]

    @Test(arguments: loads)
    func load(_ load: Load) {
        let registers = NativeRegisters()
        // Through memory below the stack pointer.
        let code = NativeCode(
            [0x48, 0x89, 0x4C, 0x24, 0xF0, 0x48, 0x89, 0x54, 0x24, 0xF8] + load.opcode + [0x24, 0xF0]
        )

        let differences = RandomOperands.differences(load.name) { operands in
            let isDecimal = load.name == "FBLD"
            let anything = operands.next()
            let number: UInt64 =
                switch load.name {
                case "FLD32": UInt64(operands.single().bits)
                case "FLD64": operands.double().bits
                default: anything >> operands.below(64)
                }
            let low = isDecimal ? operands.decimalDigits(16) : number
            let high = isDecimal ? UInt16(operands.decimalDigits(2) | operands.below(256) << 8) : 0
            let control = operands.controlWord()
            var environment = FloatEnvironment(controlWord: control)
            let value = load.load(low, high, &environment)
            registers.controlWord = control
            registers.statusWord = 0
            registers.tags = 0x7F
            registers[st: 7] = .one
            registers.rcx = low
            registers.rdx = UInt64(high)
            registers.run(code)
            let found = registers[st: 0]
            // A denormal is loaded even where that is an unmasked exception.
            let isStopped = environment.raised.contains(.invalid) && !environment.masked.contains(.invalid)
            let status = registers.statusWord & 0x3A3F
            let expected = (environment.raised.rawValue & 0x23F) | (isStopped ? 0 : 0x3800)
            let isSame = (isStopped || found == value) && status == expected
            return isSame
                ? nil
                : """
                \(String(low, radix: 16)) \(String(high, radix: 16)) control \(String(control, radix: 16)): processor \
                \(found.shown) \(String(status, radix: 16)), software \(value.shown) \(String(expected, radix: 16))
                """
        }

        #expect(differences == [])
    }

    struct Store: Sendable, CustomTestStringConvertible {
        let name: String
        let opcode: [UInt8]
        let store: @Sendable (SoftExtended, inout FloatEnvironment) -> (UInt64, UInt16)
        var testDescription: String { name }
    }

    static func integer(_ bits: Int, truncating: Bool)
        -> @Sendable (SoftExtended, inout FloatEnvironment) -> (UInt64, UInt16)
    {
        { operand, environment in
            let value = SoftExtended.integer(
                operand,
                bits: bits,
                rounding: truncating ? .towardZero : environment.rounding,
                &environment
            )
            return (UInt64(bitPattern: value) & ~0 >> UInt64(64 - bits), 0)
        }
    }

    static let stores: [Store] = [
        Store(name: "FSTP32", opcode: [0xD9, 0x5C]) { operand, environment in
            (UInt64(SoftSingle.converted(operand, findsDenormal: false, &environment).bits), 0)
        },
        Store(name: "FSTP64", opcode: [0xDD, 0x5C]) { operand, environment in
            (SoftDouble.converted(operand, findsDenormal: false, &environment).bits, 0)
        },
        Store(name: "FISTP16", opcode: [0xDF, 0x5C], store: integer(16, truncating: false)),
        Store(name: "FISTP32", opcode: [0xDB, 0x5C], store: integer(32, truncating: false)),
        Store(name: "FISTP64", opcode: [0xDF, 0x7C], store: integer(64, truncating: false)),
        Store(name: "FISTTP16", opcode: [0xDF, 0x4C], store: integer(16, truncating: true)),
        Store(name: "FISTTP32", opcode: [0xDB, 0x4C], store: integer(32, truncating: true)),
        Store(name: "FISTTP64", opcode: [0xDD, 0x4C], store: integer(64, truncating: true)),
        Store(name: "FBSTP", opcode: [0xDF, 0x74]) { $0.decimal(&$1) },
    ]

    @Test(arguments: stores)
    func store(_ store: Store) {
        let registers = NativeRegisters()
        let code = NativeCode(
            [0x48, 0x89, 0x4C, 0x24, 0xF0, 0x48, 0x89, 0x54, 0x24, 0xF8] + store.opcode + [0x24, 0xF0]
                + [0x48, 0x8B, 0x44, 0x24, 0xF0, 0x48, 0x8B, 0x54, 0x24, 0xF8]
        )

        let differences = RandomOperands.differences(store.name) { operands in
            var operand = operands.extended()
            if operands.below(3) == 0 {
                operand.signAndExponent = UInt16(16383 + operands.below(66)) | UInt16(operands.below(2)) << 15
            }
            let control = operands.controlWord()
            var environment = FloatEnvironment(controlWord: control)
            let (low, high) = store.store(operand, &environment)
            registers.controlWord = control
            registers.statusWord = 0
            registers.tags = 0x7F
            registers[st: 0] = operand
            registers.rcx = 0
            registers.rdx = 0
            registers.run(code)
            // A result that raises overflow or underflow is not stored either.
            let isStored = environment.raised.intersection([.invalid, .overflow, .underflow]).isSubset(
                of: environment.masked
            )
            let status = registers.statusWord & 0x3A3F
            let found =
                isStored ? environment.raised : environment.raised.intersection([.invalid, .overflow, .underflow])
            let expected = found.rawValue | (isStored ? 0x0800 : 0)
            let isSame =
                registers.rax == (isStored ? low : 0) && registers.rdx == UInt64(isStored ? high : 0)
                && status == expected
            return isSame
                ? nil
                : """
                \(operand.shown) control \(String(control, radix: 16)): processor \(String(registers.rax, radix: 16)) \
                \(String(registers.rdx, radix: 16)) \(String(status, radix: 16)), software \(String(low, radix: 16)) \
                \(String(high, radix: 16)) \(String(expected, radix: 16))
                """
        }

        #expect(differences == [])
    }
}

extension RandomOperands {
    /// Decimal digits, packed.
    mutating func decimalDigits(_ count: Int) -> UInt64 {
        var result: UInt64 = 0
        for _ in 0..<count { result = result << 4 | below(10) }
        return below(4) == 0 ? 0 : result
    }
}
