import CNative
import Glibc

@testable import SoftCPU

/// Executes random instructions of all forms in scope on this machine's processor and in software, and compares all that they leave.
struct DifferentialRun {
    /// The forms that are compared.
    let forms: [InstructionForm]
    /// Times each form was compared, by name.
    private(set) var counts: [String: Int] = [:]
    /// Differences, the first few of each form.
    private(set) var differences: [String: [String]] = [:]
    private var random: RandomOperands
    private var decoders = Decoders()
    private let width: CodeWidth
    private let machine: UserModeMachine

    init(forms: [InstructionForm], in width: CodeWidth = .bits64, seed: UInt64, machine: UserModeMachine? = nil) {
        self.forms = forms
        self.width = width
        self.machine = machine ?? UserModeMachine(width)
        random = RandomOperands(seed: seed)
        for form in forms { counts[form.name] = 0 }
    }

    /// Compares so many instructions, of each form as many as of any other.
    mutating func compare(_ count: Int) {
        for turn in 0..<count / forms.count {
            if turn % 8 == 0 { machine.fillData(&random) }
            for form in forms { compare(form) }
        }
    }

    private mutating func compare(_ form: InstructionForm) {
        // Some of what is drawn is another form: a register that does not exist, a branch that cannot reach.
        for _ in 0..<100 {
            guard let instruction = RandomInstruction(form, width, &random, &decoders) else { continue }
            counts[form.name, default: 0] += 1
            guard let difference = compare(instruction) else { return }
            if differences[form.name, default: []].count < 4 {
                differences[form.name, default: []].append(difference)
            }
            return
        }
    }

    /// Compares one instruction, with random registers of x87 and SSE; gives what differs.
    mutating func compare(_ instruction: RandomInstruction) -> String? {
        let vectors = random.vectors(isMMX: instruction.isMMX)
        if let address = instruction.address { machine.put(instruction.operandWords, at: address) }
        var context = native_context()
        unsafe withUnsafeMutableBytes(of: &context.general) { values in
            for index in 0..<16 {
                unsafe values.storeBytes(of: instruction.registers[index], toByteOffset: 8 * index, as: UInt64.self)
            }
        }
        context.flags = instruction.flags
        context.is_narrow = instruction.width == .bits64 ? 0 : 1
        vectors.store(in: &context)
        machine.load(instruction.bytes, registers: instruction.registers, flags: instruction.flags, vectors)
        // SAFETY: the instruction is one of user mode, its branches lead to the thunk, and its addresses to the data or where a
        // fault is.
        unsafe instruction.bytes.withUnsafeBufferPointer {
            unsafe native_run(&context, $0.baseAddress, Int32(instruction.bytes.count))
        }
        let completed = machine.run()
        var found = Outcome(machine.processor.cpu, completed: completed).differences(
            Outcome(context),
            of: instruction
        )
        found += memoryDifferences()
        if found.isEmpty { return nil }
        let code = instruction.bytes.map { String($0, radix: 16) }.joined(separator: " ")
        let registers = instruction.registers.map { String($0, radix: 16) }.joined(separator: " ")
        let control = "MXCSR \(String(vectors.mxcsr, radix: 16)) x87 \(String(vectors.controlWord, radix: 16))"
        let flags = "flags \(String(instruction.flags, radix: 16))"
        return "\(code): \(found.prefix(5).joined(separator: ", ")) | \(control) \(flags) registers \(registers)"
    }

    private func memoryDifferences() -> [String] {
        var found: [String] = []
        // SAFETY: both are as large as the data region.
        guard unsafe memcmp(machine.data, machine.native, Int(NATIVE_DATA_SIZE)) != 0 else { return [] }
        for index in 0..<UserModeMachine.dataWords {
            let (ours, theirs) = unsafe (machine.data[index], machine.native[index])
            guard ours != theirs else { continue }
            let place = String(index * 8, radix: 16)
            found.append("memory \(place) \(String(ours, radix: 16)), natively \(String(theirs, radix: 16))")
        }
        machine.copyData()
        return found
    }
}
