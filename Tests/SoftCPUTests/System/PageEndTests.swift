import Testing
import X86

@testable import SoftCPU

/// Code at the end of a page, where a block of decoded instructions ends too.
@Suite("Code at the end of a page")
struct PageEndTests {
    @Test("an instruction across two pages follows a shorter one", arguments: 1...5)
    func afterShorterInstruction(_ bytesInFirstPage: Int) throws {
        let machine = try SmallMachine()
        try machine.startReal([])
        // nop; mov eax, 12345678h; hlt
        let start = 0x9000 - UInt64(1 + bytesInFirstPage)
        try machine.put([0x90, 0x66, 0xB8, 0x78, 0x56, 0x34, 0x12, 0xF4], at: start)
        var state = machine.processor.state
        state.rip = start
        machine.processor.state = state

        #expect(machine.processor.run(upTo: 10) == .halt)

        #expect(machine.processor.state[.rax] == 0x1234_5678)
        #expect(machine.processor.executed == 3)
    }
}
