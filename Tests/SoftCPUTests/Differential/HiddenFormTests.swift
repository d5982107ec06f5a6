import CNative
import CZydis
import Testing

@testable import SoftCPU

@Suite("Instructions of features that x86-64-v2 does not have", .enabled(if: NativeCode.isAvailable))
struct HiddenFormTests {
    /// Writing back lines of caches, which nobody sees.
    private static let harmless: Set<String> = ["clflushopt", "clwb"]

    @Test("raise #UD with every legacy encoding")
    func legacy() {
        let machine = UserModeMachine()
        let hidden = FormCatalog().forms.filter { $0.scope == .hidden }

        let executed = hidden.filter { form in
            form.encodings.contains { !machine.isInvalid($0.example) }
        }

        #expect(Set(executed.map(\.mnemonic)) == Self.harmless)
        #expect(hidden.count > 150)
    }

    @Test("raise #UD with VEX, EVEX and XOP prefixes", arguments: [[0xC4], [0xC5], [0x62], [0x8F]] as [[UInt8]])
    func prefixed(_ prefix: [UInt8]) {
        let machine = UserModeMachine()
        var random = RandomOperands(seed: UInt64(prefix[0]))
        var decoders = Decoders()
        var decoded = DecodedInstruction()
        var count = 0

        let executed = (0..<200_000).map { _ in
            prefix + (0..<14).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }.filter { bytes in
            guard decoders.decode(bytes, into: &decoded) else { return false }
            guard unsafe decoded.instruction.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY else { return false }
            count += 1
            return !machine.isInvalid(bytes)
        }

        #expect(executed.first == nil)
        #expect(count > 50)
    }
}

extension Encoding {
    /// The first of the encodings, followed by zeros.
    fileprivate var example: [UInt8] {
        let bytes = prefixes + (isWide ? [0x48] : []) + opcode + [modRM.members[0]]
        return bytes + [UInt8](repeating: 0, count: 15 - bytes.count)
    }
}

extension UserModeMachine {
    /// Whether software raises #UD for an instruction, with registers that lead to the data.
    fileprivate func isInvalid(_ bytes: [UInt8]) -> Bool {
        let registers = [UInt64](repeating: NATIVE_DATA + 0x8000, count: 16)
        load(bytes, registers: registers, flags: Flag.fixed | Flag.interrupt, VectorRegisters())
        return !run() && processor.cpu.state.fault.vector == 6
    }
}
