public import Testing
public import X86

/// An instruction that reads hidden state, as an assembler writes it for 64-bit mode.
public struct EncodedRead: Sendable, CustomTestStringConvertible {
    /// What it is.
    public let instruction: HiddenInstruction
    /// Where it puts its result.
    public let destination: GeneralRegister
    /// How wide its result is.
    public let size: AccessSize
    /// Its bytes.
    public let bytes: [UInt8]

    /// As a test's name shows it.
    public var testDescription: String { "\(instruction) \(destination) \(size)" }

    private init(_ instruction: HiddenInstruction, _ bytes: [UInt8]) {
        (self.instruction, self.bytes, destination, size) = (instruction, bytes, .rax, .doubleword)
    }

    /// RDRAND, RDSEED: 0F C7 /6 and /7, with 66 for 16 bits and REX.W for 64; RDPID: F3 0F C7 /7, always 64 bits.
    private init(_ instruction: HiddenInstruction, _ destination: GeneralRegister, _ size: AccessSize) {
        let number = UInt8(destination.rawValue)
        let rex: UInt8 = (size == .quadword && instruction != .rdpid ? 0x48 : 0) | (number > 7 ? 0x41 : 0)
        let prefixes: [UInt8] = instruction == .rdpid ? [0xF3] : size == .word ? [0x66] : []
        let operand: UInt8 = (instruction == .rdrand ? 0xF0 : 0xF8) | number & 7
        self.instruction = instruction
        self.destination = destination
        self.size = size
        bytes = prefixes + (rex == 0 ? [] : [rex]) + [0x0F, 0xC7, operand]
    }

    /// Every instruction with every register and size that it can have.
    public static let all: [EncodedRead] =
        [
            EncodedRead(.rdtsc, [0x0F, 0x31]), EncodedRead(.rdpmc, [0x0F, 0x33]),
            EncodedRead(.rdtscp, [0x0F, 0x01, 0xF9]),
        ]
        + GeneralRegister.allCases.flatMap { register in
            [AccessSize.word, .doubleword, .quadword].flatMap { size in
                [EncodedRead(.rdrand, register, size), EncodedRead(.rdseed, register, size)]
            } + [EncodedRead(.rdpid, register, .quadword)]
        }
}
