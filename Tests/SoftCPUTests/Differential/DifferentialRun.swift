import CNative
import X86

@testable import SoftCPU

/// Executes random instructions on this machine's processor and in software, and compares all that they leave.
struct DifferentialRun {
    /// Times each form was compared.
    private(set) var counts: [String: Int] = [:]
    /// Differences, the first few of each form.
    private(set) var differences: [String: [String]] = [:]
    private(set) var executed = 0
    private var random: SeededGenerator
    private var decoders = Decoders()
    private let machine = UserModeMachine()

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Compares so many instructions.
    mutating func compare(_ count: Int) {
        machine.fillData(&random)
        while executed < count {
            guard let instruction = RandomInstruction(&random, &decoders) else { continue }
            executed += 1
            counts[instruction.form, default: 0] += 1
            guard let difference = compare(instruction) else { continue }
            if differences[instruction.form, default: []].count < 4 {
                differences[instruction.form, default: []].append(difference)
            }
        }
    }

    private mutating func compare(_ instruction: RandomInstruction) -> String? {
        var context = native_context()
        for index in 0..<16 { machine.setRegister(index, instruction.registers[index], in: &context) }
        context.flags = instruction.flags
        machine.setVectors(&context, &random)
        machine.load(context, instruction.bytes)
        unsafe instruction.bytes.withUnsafeBufferPointer {
            unsafe native_run(&context, $0.baseAddress, Int32(instruction.bytes.count))
        }
        machine.run()
        guard
            let difference = machine.difference(
                context,
                ignoringFlags: NativeCode.isMeasured ? 0 : instruction.undefinedFlags
            )
        else { return nil }
        let code = instruction.bytes.map { String($0, radix: 16) }.joined(separator: " ")
        let registers = instruction.registers.map { String($0, radix: 16) }.joined(separator: " ")
        return "\(code): \(difference) | flags \(String(instruction.flags, radix: 16)) registers \(registers)"
    }
}
