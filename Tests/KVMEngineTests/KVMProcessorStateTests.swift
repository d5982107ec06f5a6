import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

@Suite(.needsKVM) struct KVMProcessorStateTests {
    /// No two registers have the same value, so that a swap shows.
    private static func distinctive(_ state: ProcessorState) -> ProcessorState {
        var state = state
        for register in GeneralRegister.allCases {
            state[register] = 0x1111_0000_0000_1000 + UInt64(register.rawValue)
        }
        state.rip = 0x1234
        state.rflags = 0x8D7  // CF, PF, AF, ZF, SF, OF
        state.gdt = .init(base: 0x3000, limit: 0x47)
        state.idt = .init(base: 0x3100, limit: 0x3FF)
        state.control.cr2 = 0xDEAD_B000
        state.debug.address = [0x1000, 0x2000, 0x3000, 0x4000]
        state.debug.control = 0x0000_0455
        state.extended.mxcsr = 0x1FA0
        state.extended.components[0] = [0x7F, 0x02] + [UInt8](repeating: 0, count: 22) + [UInt8](1...128)
        state.extended.components[1] = (0..<256).map { UInt8($0 & 0x7F) + 1 }
        return state
    }

    private static var real: ProcessorState {
        var state = distinctive(.realMode(entry: 0, signature: 0))
        state.segments.cs = .init(base: 0xF_0000, limit: 0xFFFF, selector: 0xF000, accessRights: 0x9B)
        state.segments.fs = .init(base: 0x1_2340, limit: 0xFFFF, selector: 0x1234, accessRights: 0x93)
        return state
    }

    private static var protected32: ProcessorState {
        var state = distinctive(.realMode(entry: 0, signature: 0))
        state.control.cr0 = 0x6000_0031
        state.segments.cs = .init(limit: .max, selector: 0x08, accessRights: 0xC09B)
        let data = ProcessorState.Segment(limit: .max, selector: 0x10, accessRights: 0xC093)
        (state.segments.ds, state.segments.es, state.segments.ss) = (data, data, data)
        state.segments.gs = .init(base: 0x7000, limit: 0xFFF, selector: 0x30, accessRights: 0x4093)
        state.segments.tr = .init(base: 0x6000, limit: 0x67, selector: 0x38, accessRights: 0x8B)
        return state
    }

    private static func long(ring: UInt16) -> ProcessorState {
        var state = protected32
        let level = UInt32(ring) << 5
        state.control.cr0 = 0x8005_0033
        state.control.cr3 = 0x2000
        state.control.cr4 = 0x620
        state.control.cr8 = 5
        state.control.efer = 0xD01
        state.segments.cs = .init(limit: .max, selector: 0x08 | ring, accessRights: 0xA09B | level)
        let data = ProcessorState.Segment(limit: .max, selector: 0x10 | ring, accessRights: 0xC093 | level)
        (state.segments.ds, state.segments.es, state.segments.ss) = (data, data, data)
        state.segments.fs.base = 0xFFFF_8000_0000_1000
        state.segments.gs.base = 0xFFFF_8000_0000_2000
        state.modelSpecific = [0xC000_0082: 0xFFFF_8000_0000_3000, 0xC000_0102: 0xFFFF_8000_0000_4000]
        return state
    }

    /// Restores a state into a new processor and takes it again, with the same model-specific registers.
    private static func roundTrip(_ state: ProcessorState) throws -> ProcessorState {
        var machine = try TinyMachine([])
        try machine.processor.restore(state)
        var read = try machine.processor.state()
        read.modelSpecific = read.modelSpecific.filter { state.modelSpecific[$0.key] != nil }
        return read
    }

    @Test(arguments: [("real", real), ("protected", protected32), ("ring 0", long(ring: 0)), ("ring 3", long(ring: 3))])
    func aStateOfEachModeRoundTrips(mode: String, state: ProcessorState) throws {
        let read = try Self.roundTrip(state)
        #expect(state.differences(to: read).isEmpty, "\(mode): \(state.differences(to: read))")
        #expect(read == state)
    }

    @Test func theResetStateRoundTrips() throws {
        let state = ProcessorState.reset(signature: 0x106A3)
        #expect(try Self.roundTrip(state) == state)
    }

    @Test func anInterruptOnItsWayRoundTrips() throws {
        var state = Self.real
        state.rflags |= 0x200
        state.pending.interrupt = .init(vector: 0x42)
        #expect(try Self.roundTrip(state).pending == state.pending)
    }

    @Test func aShadowRoundTrips() throws {
        var state = Self.real
        state.pending.interruptShadow = .enabledInterrupts
        #expect(try Self.roundTrip(state).pending == state.pending)
    }

    @Test func blockedAndWaitingNonMaskableInterruptsRoundTrip() throws {
        var state = Self.real
        state.pending.nmiMasked = true
        state.pending.nmiPending = true
        #expect(try Self.roundTrip(state).pending == state.pending)
    }

    @Test func anExceptionOnItsWayRoundTrips() throws {
        var state = Self.protected32
        state.pending.exception = .init(vector: 13, errorCode: 0x18)
        #expect(try Self.roundTrip(state).pending == state.pending)
    }

    @Test func anInterruptThatWasInjectedIsPartOfTheState() throws {
        var machine = try TinyMachine([0xFB, 0x90, 0xE6, 0x10, 0xF4])  // sti; nop; out 0x10, al; hlt
        _ = try machine.run()
        try machine.processor.completePendingAccess()
        try machine.processor.inject(vector: 0x21)
        let state = try machine.processor.state()
        #expect(state.pending.interrupt == .init(vector: 0x21))
        var other = try TinyMachine([0xFB, 0x90, 0xE6, 0x10, 0xF4])
        try other.processor.restore(state)
        #expect(try other.run() == .portWrite(TinyMachine.handlerPort, .byte, value: 0))
    }

    @Test func nothingOfAnOlderStateIsLeft() throws {
        var machine = try TinyMachine([])
        try machine.processor.restore(Self.long(ring: 3))
        let reset = ProcessorState.reset(signature: 0)
        try machine.processor.restore(reset)
        var read = try machine.processor.state()
        read.modelSpecific = [:]
        #expect(reset.differences(to: read).isEmpty, "\(reset.differences(to: read))")
        #expect(read == reset)
    }

    @Test func aStateThatNoProcessorHasIsAnError() throws {
        var machine = try TinyMachine([])
        var state = Self.real
        state.extended.components[62] = [1]
        #expect(throws: EngineError.self) { try machine.processor.restore(state) }
    }

    @Test func whatTheGuestSeesOfCPUIDIsKnown() throws {
        var machine = try TinyMachine([
            0x66, 0xB8, 0x01, 0x00, 0x00, 0x00,  // mov eax, 1
            0x0F, 0xA2,  // cpuid
            0xF4,  // hlt
        ])
        let shown = try #require(machine.processor.cpuid.first { $0.function == 1 })
        #expect(try machine.run() == .halt)
        let state = try machine.state()
        #expect(state[.rax] == UInt64(shown.eax))
        #expect(state[.rcx] == UInt64(shown.ecx))
        #expect(state[.rdx] == UInt64(shown.edx))
    }
}
