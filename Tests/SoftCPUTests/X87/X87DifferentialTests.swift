import CNative
import Testing

@testable import SoftCPU

// One after the other with the others that use the thunk's memory.
extension DifferentialTests {
    @Suite("x87 in software against the processor of this machine")
    struct X87DifferentialTests {
        @Test(
            "random instructions leave the same stack, status, pointers, memory and faults",
            .enabled(if: NativeCode.isAvailable)
        )
        func randomInstructions() {
            var operands = RandomOperands(seed: 87)
            var decoder = Decoders()
            let machine = UserModeMachine()
            var random = SeededGenerator(seed: 87)
            machine.fillData(&random)
            var counts: [String: Int] = [:]
            var differences: [String: [String]] = [:]
            var differing: [String: Int] = [:]

            for _ in 0..<RandomOperands.count * 4 {
                guard let instruction = RandomX87(&operands, &decoder) else { continue }
                counts[instruction.form, default: 0] += 1
                guard let difference = compare(instruction, machine) else { continue }
                differing[instruction.form, default: 0] += 1
                if differences[instruction.form, default: []].count < 4 {
                    differences[instruction.form, default: []].append(difference)
                }
            }

            for (form, found) in differences.sorted(by: { $0.key < $1.key }) {
                Issue.record("\(form): \(differing[form]!) of \(counts[form]!)\n\(found.joined(separator: "\n"))")
            }
            // Every form of the opcodes D8 to DF that the decoder knows, and FWAIT.
            #expect(counts.count == 136)
            #expect(counts.values.min()! > RandomOperands.count / 1000)
        }

        private func compare(_ instruction: RandomX87, _ machine: UserModeMachine) -> String? {
            var context = instruction.context
            machine.putOperand(instruction.operand, at: instruction.address)
            machine.load(context, instruction.bytes)
            unsafe instruction.bytes.withUnsafeBufferPointer {
                unsafe native_run(&context, $0.baseAddress, Int32(instruction.bytes.count))
            }
            machine.run()
            if instruction.isTranscendental { machine.takeNearResults(context) }
            guard let difference = machine.difference(context, ignoringFlags: 0) else { return nil }
            let code = instruction.bytes.map { String($0, radix: 16) }.joined(separator: " ")
            return "\(code): \(difference) | \(RandomX87.shown(instruction.context)) memory "
                + instruction.operand.prefix(2).map { String($0, radix: 16) }.joined(separator: " ")
        }
    }
}

extension RandomX87 {
    /// The x87 registers in front of an instruction.
    static func shown(_ context: native_context) -> String {
        unsafe withUnsafeBytes(of: context.fxsave) { area in
            func number<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: T.Type) -> String {
                // SAFETY: offsets are within the 512 bytes of FXSAVE.
                unsafe String(area.loadUnaligned(fromByteOffset: offset, as: T.self), radix: 16)
            }
            let stack = (0..<8).map { number(40 + 16 * $0, UInt16.self) + ":" + number(32 + 16 * $0, UInt64.self) }
            return "control \(number(0, UInt16.self)) status \(number(2, UInt16.self)) tags \(number(4, UInt8.self)) "
                + stack.joined(separator: " ")
        }
    }
}
