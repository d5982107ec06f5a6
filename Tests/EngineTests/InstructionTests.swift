import GuestMemory
import Testing
import X86

@testable import Engine

@Suite struct InstructionTests {
    private static let address = GuestVirtualAddress(0x1000)

    @Test(
        arguments: [
            ([0xB8, 0x34, 0x12, 0x00, 0x00], ExecutionMode.real, "mov ax, 0x1234", 3),
            ([0xB8, 0x34, 0x12, 0x00, 0x00], .protected16, "mov ax, 0x1234", 3),
            ([0xB8, 0x34, 0x12, 0x00, 0x00], .protected32, "mov eax, 0x1234", 5),
            ([0xB8, 0x34, 0x12, 0x00, 0x00], .long64, "mov eax, 0x1234", 5),
            ([0x48, 0x89, 0xE0], .long64, "mov rax, rsp", 3),
            ([0x48, 0x89, 0xE0], .protected32, "dec eax", 1),
            ([0x0F, 0x31], .long64, "rdtsc", 2),
            ([0xF3, 0x6E], .real, "rep outsb", 2),
        ] as [([UInt8], ExecutionMode, String, Int)]
    )
    func theModeDecidesWhatBytesMean(bytes: [UInt8], mode: ExecutionMode, text: String, length: Int) throws {
        let instruction = try #require(Instruction(decoding: bytes, at: Self.address, mode: mode))
        #expect(instruction.text.hasPrefix(text))
        #expect(instruction.bytes == Array(bytes.prefix(length)))
    }

    @Test(arguments: [[], [0x0F], [0x0F, 0xFF], [0x66, 0x66, 0x66], [0xB8, 0x34]] as [[UInt8]])
    func bytesThatAreNoInstructionAreNone(bytes: [UInt8]) {
        #expect(Instruction(decoding: bytes, at: Self.address, mode: .long64)?.text.hasPrefix("ud0") ?? true)
    }

    @Test(
        arguments: [
            ([0xF3, 0x6E], true), ([0xF3, 0x6C], true), ([0xF2, 0x6D], true), ([0x66, 0xF3, 0x6F], true),
            ([0x6E], false),
            ([0xF3, 0xA4], false), ([0xE6, 0x10], false),
        ] as [([UInt8], Bool)]
    )
    func aRepeatedPortStringIsKnown(bytes: [UInt8], expected: Bool) throws {
        let instruction = try #require(Instruction(decoding: bytes, at: Self.address, mode: .long64))
        #expect(instruction.isRepeatedPortString == expected)
    }

    @Test func instructionsAreDecodedFromMemoryUntilThereIsNone() throws {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1000)])
        var state = ProcessorState.realMode(entry: 0xFFD, signature: 0)
        try memory.write([0x90, 0xB0, 0x01], at: GuestPhysicalAddress(0xFFD))
        #expect(memory.instructions(at: state, limit: 5).map(\.text) == ["nop", "mov al, 0x01"])
        #expect(memory.instructions(at: state, limit: 1).map(\.address.rawValue) == [0xFFD])
        state.rip = 0x2000
        #expect(memory.instructions(at: state, limit: 5).isEmpty)
    }
}
