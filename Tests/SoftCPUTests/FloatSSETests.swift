import Testing

@testable import SoftCPU

/// Scalar arithmetic of SSE, compared with the processor: result, exceptions, and whether it faults.
@Suite(.enabled(if: NativeCode.isAvailable))
struct FloatSSETests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let name: String
        let opcode: [UInt8]
        let single: @Sendable (SoftSingle, SoftSingle, inout FloatEnvironment) -> SoftSingle
        let double: @Sendable (SoftDouble, SoftDouble, inout FloatEnvironment) -> SoftDouble
        var testDescription: String { name }
    }

    static let operations: [Operation] = [
        Operation(name: "ADD", opcode: [0x58], single: SoftSingle.sum, double: SoftDouble.sum),
        Operation(name: "SUB", opcode: [0x5C], single: SoftSingle.difference, double: SoftDouble.difference),
        Operation(name: "MUL", opcode: [0x59], single: SoftSingle.product, double: SoftDouble.product),
        Operation(name: "DIV", opcode: [0x5E], single: SoftSingle.quotient, double: SoftDouble.quotient),
        Operation(name: "MIN", opcode: [0x5D], single: SoftSingle.minimum, double: SoftDouble.minimum),
        Operation(name: "MAX", opcode: [0x5F], single: SoftSingle.maximum, double: SoftDouble.maximum),
        Operation(
            name: "SQRT",
            opcode: [0x51],
            single: { SoftSingle.squareRoot($1, &$2) },
            double: { SoftDouble.squareRoot($1, &$2) }
        ),
    ]

    @Test(arguments: operations)
    func single(_ operation: Operation) {
        let registers = NativeRegisters()
        let code = NativeCode([0xF3, 0x0F] + operation.opcode + [0xC1])

        let differences = RandomOperands.differences(operation.name + "SS") { operands in
            let left = operands.single()
            let right = operands.below(4) == 0 ? operands.near(left) : operands.single()
            let mxcsr = operands.mxcsr()
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let result = operation.single(left, right, &environment)
            registers[xmm: 0] = Vector128(low: UInt64(left.bits))
            registers[xmm: 1] = Vector128(low: UInt64(right.bits))
            registers.mxcsr = mxcsr
            registers.run(code)
            let expected = UInt64(environment.isUnmasked ? left.bits : result.bits)
            return registers.difference(
                expected,
                environment,
                mxcsr,
                UInt64(left.bits),
                UInt64(right.bits)
            )
        }

        #expect(differences == [])
    }

    @Test(arguments: operations)
    func double(_ operation: Operation) {
        let registers = NativeRegisters()
        let code = NativeCode([0xF2, 0x0F] + operation.opcode + [0xC1])

        let differences = RandomOperands.differences(operation.name + "SD") { operands in
            let left = operands.double()
            let right = operands.below(4) == 0 ? operands.near(left) : operands.double()
            let mxcsr = operands.mxcsr()
            var environment = FloatEnvironment(mxcsr: mxcsr)
            let result = operation.double(left, right, &environment)
            registers[xmm: 0] = Vector128(low: left.bits)
            registers[xmm: 1] = Vector128(low: right.bits)
            registers.mxcsr = mxcsr
            registers.run(code)
            let expected = environment.isUnmasked ? left.bits : result.bits
            return registers.difference(expected, environment, mxcsr, left.bits, right.bits)
        }

        #expect(differences == [])
    }
}

extension NativeRegisters {
    /// How the low half of XMM0, MXCSR, and what was raised differ from what is expected.
    func difference(
        _ expected: UInt64,
        _ environment: FloatEnvironment,
        _ before: UInt32,
        _ operands: UInt64...
    ) -> String? {
        let expectedMXCSR = before | environment.mxcsrFlags
        let isSame =
            self[xmm: 0].low == expected && mxcsr == expectedMXCSR && faulted == environment.isUnmasked
        if isSame { return nil }
        let inputs = operands.map { String($0, radix: 16) }.joined(separator: " ")
        return """
            \(inputs), MXCSR \(String(before, radix: 16)): processor \(String(self[xmm: 0].low, radix: 16)) \
            \(String(mxcsr, radix: 16)) \(faulted), software \(String(expected, radix: 16)) \
            \(String(expectedMXCSR, radix: 16)) \(environment.isUnmasked)
            """
    }
}
