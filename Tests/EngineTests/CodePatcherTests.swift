import EngineTesting
import GuestMemory
import TestBasics
import Testing
import X86

@testable import Engine

/// What the patcher finds, and what it makes of it.
@Suite struct CodePatcherTests {
    private static let all = Set(HiddenInstruction.allCases)
    private static let address = GuestPhysicalAddress(0x1000)

    private func patch(_ bytes: [UInt8], _ form: CodeRange.Form = .swept, trapping: Set<HiddenInstruction> = all)
        -> CodePatcher
    {
        CodePatcher(
            [MemoryContent(address: Self.address, bytes: bytes, code: [CodeRange(bytes.indices, form)])],
            trapping: trapping
        )
    }

    @Test(arguments: EncodedRead.all)
    func everyFormIsFoundAndReplaced(encoded: EncodedRead) throws {
        let patcher = patch([0x90] + encoded.bytes + [0xF4])

        let patch = try #require(patcher.patches.first)
        #expect(patcher.patches.count == 1)
        #expect(patch.address.rawValue == Self.address.rawValue + 1)
        #expect(patch.original == encoded.bytes)
        #expect(patch.code.instruction == encoded.instruction)
        #expect(patch.code.destination == encoded.destination)
        #expect(encoded.instruction == .rdpid || patch.code.size == encoded.size)
        #expect(patcher.contents[0].bytes == [0x90] + patch.replacement + [0xF4])
    }

    @Test(arguments: [[UInt8(0x66)], [0xF3], [0x48], [0x2E, 0x66]])
    func prefixesOfCountersStayAsTheyAre(prefixes: [UInt8]) throws {
        let patch = try #require(patch(prefixes + [0x0F, 0x31, 0xF4]).patches.first)

        #expect(patch.address.rawValue == Self.address.rawValue + UInt64(prefixes.count))
        #expect(patch.original == [0x0F, 0x31])
    }

    @Test func onlyWhatIsToBeTrappedIsReplaced() {
        #expect(
            patch([0x0F, 0x31, 0x0F, 0xC7, 0xF0], trapping: [.rdrand]).patches.map(\.code.instruction) == [.rdrand]
        )
    }

    @Test func portsThatTheGuestNamesAreLeftToIt() {
        let rdtsc: [UInt8] = [0x0F, 0x31]
        let outs = CodePatcher.basePorts.map { [UInt8(0xE6), $0 + 2] }

        #expect(patch(rdtsc).basePort == CodePatcher.basePorts[0])
        #expect(patch(rdtsc + outs[0]).basePort == CodePatcher.basePorts[1])
        #expect(patch(rdtsc + outs[0] + outs[1]).basePort == CodePatcher.basePorts[2])
        let crowded = patch(rdtsc + outs.flatMap(\.self))
        #expect(crowded.basePort == nil)
        #expect(crowded.patches.isEmpty)
        #expect(crowded.contents[0].bytes == rdtsc + outs.flatMap(\.self))
    }

    @Test func searchingFindsAnInstructionThatDecodingArrivesAt() {
        let around: [UInt8] = [0x89, 0xD8, 0x01, 0xC3, 0x40, 0x90, 0x31, 0xC9, 0x85, 0xC0]
        let code = around + around + around + around + [0x0F, 0x31] + around

        #expect(patch(code, .searched).patches.map(\.address.rawValue) == [Self.address.rawValue + 40])
    }

    @Test func searchingLeavesAnOpcodeWithinAnotherInstructionAlone() {
        let nops = [UInt8](repeating: 0x90, count: 40)
        let code = nops + [0xB8, 0x0F, 0x31, 0x00, 0x00] + nops  // mov eax, 0x310F

        #expect(patch(code, .searched).patches.isEmpty)
    }

    @Test func sweepingLeavesAnOpcodeWithinAnotherInstructionAlone() {
        #expect(patch([0xB8, 0x0F, 0x31, 0x00, 0x00, 0xF4]).patches.isEmpty)
    }
}
