import Testing
import X86

@testable import SoftCPU

@Suite("Dirty pages, watches and stops of the software processor")
struct WatchingTests {
    /// mov [9000h], al; inc word [A000h]; mov bl, [9000h]; hlt
    private static let accesses: [UInt8] = [0xA2, 0x00, 0x90, 0xFF, 0x06, 0x00, 0xA0, 0x8A, 0x1E, 0x00, 0x90, 0xF4]

    @Test("pages are dirty once for each time they are asked for")
    func dirtyPages() throws {
        let machine = try SmallMachine()
        try machine.startReal(Self.accesses + [0xEB, 0xF2])
        _ = machine.processor.takeDirtyPages()

        #expect(machine.processor.run(upTo: 100) == .halt)
        #expect(machine.processor.takeDirtyPages() == [0x9000, 0xA000].map { GuestPhysicalAddress($0) })
        #expect(machine.processor.takeDirtyPages().isEmpty)

        machine.processor.wake(at: SmallMachine.code + 3)
        #expect(machine.processor.run(upTo: 1) == .limit)
        #expect(machine.processor.takeDirtyPages() == [GuestPhysicalAddress(0xA000)])
    }

    @Test("a store by the host makes a page dirty")
    func dirtyByHost() throws {
        let machine = try SmallMachine()
        try machine.startReal([0xF4])
        _ = machine.processor.takeDirtyPages()

        try machine.put([1, 2], at: 0x4FFF)

        #expect(machine.processor.takeDirtyPages() == [0x4000, 0x5000].map { GuestPhysicalAddress($0) })
    }

    @Test("a watch of writes ends the run behind each instruction that writes, and no other")
    func watchWrites() throws {
        let machine = try SmallMachine()
        try machine.startReal(Self.accesses)
        machine.processor.watches = [.init(address: GuestPhysicalAddress(0xA001), count: 2)]

        #expect(machine.processor.run(upTo: 100) == .watched(GuestPhysicalAddress(0xA001)))
        #expect(machine.processor.executed == 2)
        #expect(machine.processor.state.rip == SmallMachine.code + 7)
        #expect(machine.processor.run(upTo: 100) == .halt)
        #expect(try machine.number(at: 0xA000, bytes: 2) == 1)
    }

    @Test("a watch of reads and writes ends the run behind both")
    func watchReads() throws {
        let machine = try SmallMachine()
        try machine.startReal(Self.accesses)
        machine.processor.watches = [.init(address: GuestPhysicalAddress(0x9000), count: 1, includesReads: true)]

        #expect(machine.processor.run(upTo: 100) == .watched(GuestPhysicalAddress(0x9000)))
        #expect(machine.processor.executed == 1)
        #expect(machine.processor.run(upTo: 100) == .watched(GuestPhysicalAddress(0x9000)))
        #expect(machine.processor.executed == 3)
        #expect(machine.processor.run(upTo: 100) == .halt)
    }

    @Test("a watch of what an interrupt pushes ends the run behind the instruction")
    func watchStack() throws {
        let machine = try SmallMachine()
        // int 20h, whose handler is at 8100h; push ax
        try machine.startReal([0xCD, 0x20, 0xF4])
        try machine.put(0x8100, bytes: 4, at: 0x80)
        try machine.put([0x50, 0xF4], at: 0x8100)
        machine.processor.watches = [.init(address: GuestPhysicalAddress(0x6FF8), count: 4)]

        #expect(machine.processor.run(upTo: 100) == .watched(GuestPhysicalAddress(0x6FFA)))
        #expect(machine.processor.state.rip == 0x8100)
        #expect(machine.processor.run(upTo: 100) == .watched(GuestPhysicalAddress(0x6FF8)))
        #expect(machine.processor.executed == 2)
    }

    @Test("a watch ends the run behind the turn of a repeated instruction that accesses it")
    func watchRepeated() throws {
        let machine = try SmallMachine()
        // rep stosb; hlt
        try machine.startReal([0xF3, 0xAA, 0xF4])
        var state = machine.processor.state
        state[.rcx] = 100
        state[.rdi] = 0x9000
        machine.processor.state = state
        machine.processor.watches = [.init(address: GuestPhysicalAddress(0x9000 + 41), count: 1)]

        #expect(machine.processor.run(upTo: 1000) == .watched(GuestPhysicalAddress(0x9000 + 41)))
        #expect(machine.processor.executed == 42)
        #expect(machine.processor.state[.rcx] == 58)
        #expect(machine.processor.run(upTo: 1000) == .halt)
        #expect(machine.processor.executed == 101)
    }

    @Test("a run ends in front of each stop, in the middle of code that has been executed before too")
    func stops() throws {
        let machine = try SmallMachine()
        // inc ax; inc bx; inc cx; jmp to the start
        try machine.startReal([0x40, 0x43, 0x41, 0xEB, 0xFB])
        #expect(machine.processor.run(upTo: 40) == .limit)

        machine.processor.stops = [GuestVirtualAddress(SmallMachine.code + 1)]

        #expect(machine.processor.run(upTo: 40) == .stopped)
        #expect(machine.processor.executed == 41)
        #expect(machine.processor.run(upTo: 40) == .stopped)
        #expect(machine.processor.executed == 45)
        #expect(machine.processor.state.rip == SmallMachine.code + 1)

        machine.processor.stops = []
        #expect(machine.processor.run(upTo: 400) == .limit)
    }

    @Test("a run ends in front of its first instruction, unless the run before ended there")
    func stopAtFirst() throws {
        let machine = try SmallMachine()
        try machine.startReal([0x40, 0xF4])
        machine.processor.stops = [GuestVirtualAddress(SmallMachine.code)]

        #expect(machine.processor.run(upTo: 10) == .stopped)
        #expect(machine.processor.executed == 0)
        #expect(machine.processor.run(upTo: 10) == .halt)
    }

    @Test("an instruction with the same offset in another page is no stop")
    func otherPage() throws {
        let machine = try SmallMachine()
        try machine.startReal([0x40, 0x40, 0xF4])
        machine.processor.stops = [GuestVirtualAddress(SmallMachine.code + 0x1001)]

        #expect(machine.processor.run(upTo: 10) == .halt)
        #expect(machine.processor.executed == 3)
    }
}

extension SoftCPU {
    /// Goes on at an address.
    fileprivate func wake(at ip: UInt64) {
        var state = state
        state.activity = .running
        state.rip = ip
        self.state = state
    }
}
