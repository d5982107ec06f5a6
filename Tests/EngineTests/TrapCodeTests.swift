import TestBasics
import Testing
import X86

@testable import Engine

@Suite struct TrapCodeTests {
    /// Every instruction with every register, operand size and length that it can have.
    static let all: [TrapCode] =
        [
            TrapCode(instruction: .rdtsc, length: 2), TrapCode(instruction: .rdpmc, length: 2),
            TrapCode(instruction: .rdtscp, length: 3), TrapCode(instruction: .rdtscp, length: 4),
        ]
        + [HiddenInstruction.rdrand, .rdseed, .rdpid].flatMap { instruction in
            GeneralRegister.allCases.flatMap { register in
                [AccessSize.word, .doubleword, .quadword].flatMap { size in
                    [3, 4, 5, 15].map { length in
                        TrapCode(instruction: instruction, length: length, destination: register, size: size)
                    }
                }
            }
        }

    @Test func everyFormReadsBackAndKeepsItsLength() {
        for code in Self.all {
            let bytes = code.bytes(basePort: 0xE4)
            #expect(bytes.count == code.length, "\(code)")
            #expect(TrapCode(bytes, basePort: 0xE4) == code)
            #expect(TrapCode.basePort(of: bytes, code.instruction) == 0xE4, "\(code)")
        }
    }

    @Test(
        arguments: [
            [], [0xE6], [0xE6, 0xE3], [0xE6, 0xE8], [0xEE, 0xE4], [0xE6, 0xE6], [0xE6, 0xE7, 0x10], [0xE6, 0xE6, 0x30],
            [0xE6, 0xE7, 0x10, 2], [0xE6, 0xE7, 0x10, 16],
        ] as [[UInt8]]
    )
    func otherCodeIsNoTrap(bytes: [UInt8]) {
        #expect(TrapCode(bytes, basePort: 0xE4) == nil)
    }
}
