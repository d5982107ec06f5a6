import Devices
import Machine
import Testing
import X86

/// A board's answers are as wide as what asks for them.
@Suite struct BoardAnswerTests {
    @Test func anAnswerThatFitsIsLeftAsItIs() {
        var board = ScriptedBoard()
        board.answer = 0x51
        #expect(board.answerPort(Port(1), .byte, now: .start) == 0x51)
        board.answer = 0x12_3456
        #expect(board.answerMemory(GuestPhysicalAddress(0), 3, now: .start) == 0x12_3456)
        board.answer = .max
        #expect(board.answerMemory(GuestPhysicalAddress(0), 8, now: .start) == .max)
    }

    #if DEBUG
    @Test func aDeviceThatGivesMoreIsNamed() async throws {
        let port = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var board = ScriptedBoard()
            board.answer = 0x554D_4551
            _ = board.answerPort(Port(0x514), .word, now: .start)
        }
        #expect(String(decoding: try #require(port).standardErrorContent, as: UTF8.self).contains("port "))
        let memory = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var board = ScriptedBoard()
            board.answer = 0x100_0000
            _ = board.answerMemory(GuestPhysicalAddress(0xFEC0_0000), 3, now: .start)
        }
        #expect(String(decoding: try #require(memory).standardErrorContent, as: UTF8.self).contains("0xfec00000"))
    }
    #endif
}
