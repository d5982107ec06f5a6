import CNative
import Testing
import X86

@testable import SoftCPU

extension DifferentialTests {
    /// XSAVE and its kin, compared with the processor: with all components in use, because the manual lets processors take one for
    /// used that is as after reset. With the others, because all have one memory.
    @Suite("Saved states", .enabled(if: NativeCode.isAvailable))
    struct StateSavingTests {
        struct Instruction: Sendable, CustomTestStringConvertible {
            let name: String
            let code: [UInt8]
            var isRestore = false
            var testDescription: String { name }
        }

        /// Each of the area at RDI.
        static let instructions: [Instruction] = [
            Instruction(name: "XSAVE", code: [0x0F, 0xAE, 0x27]),
            Instruction(name: "XSAVE64", code: [0x48, 0x0F, 0xAE, 0x27]),
            Instruction(name: "XSAVEOPT", code: [0x0F, 0xAE, 0x37]),
            Instruction(name: "XSAVEOPT64", code: [0x48, 0x0F, 0xAE, 0x37]),
            Instruction(name: "XSAVEC", code: [0x0F, 0xC7, 0x27]),
            Instruction(name: "XSAVEC64", code: [0x48, 0x0F, 0xC7, 0x27]),
            Instruction(name: "XRSTOR", code: [0x0F, 0xAE, 0x2F], isRestore: true),
            Instruction(name: "XRSTOR64", code: [0x48, 0x0F, 0xAE, 0x2F], isRestore: true),
        ]

        @Test("are the same as the processor's", arguments: instructions)
        func compare(_ item: Instruction) {
            // XSAVEOPT and XSAVEC are there.
            let shown = CPUIDEntry(function: 0xD, index: 1, isIndexed: true, eax: 7)
            var run = DifferentialRun(forms: [], seed: 0, machine: UserModeMachine(cpuid: [shown]))

            let differences = RandomOperands.differences(item.name, count: 2000) { random in
                var registers = (0..<16).map { _ in random.next() }
                registers[4] = NATIVE_DATA + 0x8000
                let isMisplaced = random.below(16) == 0
                let address = NATIVE_DATA + 0x5000 + 64 * random.below(64) + (isMisplaced ? 8 * random.below(8) : 0)
                registers[7] = address
                registers[0] = random.below(4)
                registers[2] = 0
                let words = Self.area(&random, isRestore: item.isRestore)
                return run.compare(
                    RandomInstruction(bytes: item.code, registers: registers, address: address, operandWords: words)
                )
            }

            #expect(differences == [])
        }

        /// An area with a header that is valid more often than not.
        private static func area(_ random: inout RandomOperands, isRestore: Bool) -> [UInt64] {
            var words = (0..<72).map { _ in random.next() }
            guard isRestore else { return words }
            words[3] = UInt64(random.mxcsr())
            for index in 64..<72 { words[index] = 0 }
            words[64] = random.below(4)
            if random.below(2) == 0 {
                words[65] = 1 << 63 | random.below(4)
            } else if random.below(8) == 0 {
                // A reserved bit of MXCSR. In the compacted form Intel's processors have loaded XMM registers before they fault.
                words[3] |= 1 << 16
            }
            if random.below(8) == 0 { words[64 + Int(random.below(8))] |= 1 << (random.below(2) == 0 ? 62 : 40) }
            return words
        }
    }
}
