import Testing
import X86

@testable import SoftCPU

@Suite("Stops of a search on the software processor")
struct SearchStopTests {
    @Test("a run ends in front of an offset in every code segment")
    func offsets() throws {
        let machine = try SmallMachine()
        // inc ax; jmp 0800h:0010h
        try machine.startReal([0x40, 0xEA, 0x10, 0x00, 0x00, 0x08])
        // 0800h:0010h: inc bx; jmp 0000h:8000h
        try machine.put([0x43, 0xEA, 0x00, 0x80, 0x00, 0x00], at: 0x8010)
        #expect(machine.processor.run(upTo: 40) == .limit)

        machine.processor.offsetStops = [0x11, 0x8001]
        var seen: [UInt64] = []
        for _ in 0..<4 {
            #expect(machine.processor.run(upTo: 40) == .stopped)
            seen.append(machine.processor.instructionPointer)
        }

        #expect(seen == [0x8001, 0x11, 0x8001, 0x11])
        machine.processor.offsetStops = []
        #expect(machine.processor.run(upTo: 40) == .limit)
    }

    @Test("a run ends behind a switch to other tables, and not behind one to the same")
    func tables() throws {
        let machine = try LongMachine()
        // mov rax, cr3; mov cr3, rax; add rax, 5000h; mov cr3, rax; hlt
        try machine.start([
            0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8, 0x48, 0x05, 0x00, 0x50, 0x00, 0x00, 0x0F, 0x22, 0xD8, 0xF4,
        ])
        // A copy of the first table.
        try machine.machine.put(LongMachine.root + 0x1007, bytes: 8, at: LongMachine.root + 0x5000)
        machine.processor.stopsAtTableSwitches = true

        #expect(machine.processor.run(upTo: 100) == .stopped)
        #expect(machine.processor.executed == 4)
        #expect(machine.processor.run(upTo: 100) == .halt)
    }
}
