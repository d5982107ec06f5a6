import Testing

@testable import SoftCPU

/// Packed integer instructions of two operands on XMM registers, compared with the processor.
@Suite(.enabled(if: NativeCode.isAvailable))
struct VectorTests {
    struct Operation: Sendable, CustomTestStringConvertible {
        let name: String
        /// Behind 66 0F.
        let opcode: [UInt8]
        let perform: @Sendable (Vector128, Vector128) -> Vector128
        var testDescription: String { name }

        init(_ name: String, _ opcode: UInt8..., perform: @escaping @Sendable (Vector128, Vector128) -> Vector128) {
            self.name = name
            self.opcode = opcode
            self.perform = perform
        }

        static func shift(
            _ name: String,
            _ opcode: UInt8,
            _ perform: @escaping @Sendable (Vector128, UInt64) -> Vector128
        ) -> Operation {
            Operation(name, opcode) { perform($0, $1.low) }
        }

        static func unary(
            _ name: String,
            _ opcode: UInt8,
            _ perform: @escaping @Sendable (Vector128) -> Vector128
        ) -> Operation {
            Operation(name, 0x38, opcode) { perform($1) }
        }
    }

    @Test(arguments: VectorOperations.sse2 + VectorOperations.later)
    func operation(_ operation: Operation) {
        let registers = NativeRegisters()
        let code = NativeCode([0x66, 0x0F] + operation.opcode + [0xC1])

        let differences = RandomOperands.differences(operation.name, count: RandomOperands.count / 4) { operands in
            let left = operands.vector()
            var right = operands.below(4) == 0 ? left : operands.vector()
            if operation.name.hasPrefix("PS"), operands.below(2) == 0 { right.low = operands.below(80) }
            let result = operation.perform(left, right)
            registers[xmm: 0] = left
            registers[xmm: 1] = right
            registers.run(code)
            return registers[xmm: 0] == result
                ? nil : "\(left) \(right): processor \(registers[xmm: 0]), software \(result)"
        }

        #expect(differences == [])
    }

    /// The same instructions without the prefix are those of MMX, where there are such.
    @Test(arguments: VectorOperations.mmx)
    func mmx(_ operation: Operation) {
        let registers = NativeRegisters()
        let code = NativeCode([0x0F] + operation.opcode + [0xC1])

        let differences = RandomOperands.differences(operation.name, count: RandomOperands.count / 4) { operands in
            let left = operands.vector().low
            var right = operands.vector().low
            if operation.name.hasPrefix("PS"), operands.below(2) == 0 { right = operands.below(80) }
            let result = operation.perform(Vector128(low: left), Vector128(low: right)).low
            registers[mm: 0] = left
            registers[mm: 1] = right
            registers.run(code)
            return registers[mm: 0] == result
                ? nil : "\(left) \(right): processor \(registers[mm: 0]), software \(result)"
        }

        #expect(differences == [])
    }
}
