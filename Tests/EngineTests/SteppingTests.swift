import GuestMemory
import TestBasics
import Testing
import X86

@testable import Engine

/// How a guest is brought behind an instruction without noticing.
@Suite struct SteppingTests {
    private static let start: UInt64 = 0x1000
    private static let stack: UInt64 = 0x8000

    private static func memory(_ code: [UInt8], stack: [UInt8] = []) throws -> GuestMemory {
        let memory = try GuestMemory(regions: [.init(address: GuestPhysicalAddress(0), size: 0x1_0000)])
        try memory.write(code, at: GuestPhysicalAddress(start))
        try memory.write(stack, at: GuestPhysicalAddress(Self.stack))
        // Vector 0's handler begins with a NOP.
        try memory.write([0x00, 0x70, 0x00, 0x00], at: GuestPhysicalAddress(0))
        try memory.write([0x90, 0xCF], at: GuestPhysicalAddress(0x7000))
        // Vectors 3, 4 and 6.
        try memory.write([0x10, 0x70, 0x00, 0x00, 0x20, 0x70, 0x00, 0x00], at: GuestPhysicalAddress(12))
        try memory.write([0x30, 0x70, 0x00, 0x00], at: GuestPhysicalAddress(24))
        return memory
    }

    private static var state: ProcessorState {
        var state = ProcessorState.realMode(entry: UInt16(start), signature: 0)
        state[.rsp] = stack
        return state
    }

    private static func place(_ offset: UInt64) -> Stepping.Method {
        .breakpoint([CodePlace(offset: offset, address: GuestVirtualAddress(offset))])
    }

    @Test(
        arguments: [
            ([0x90], .single), ([0xCE], .single), ([0xF3, 0xA4], .single),  // nop; into without OF; rep movsb
            ([0x9C], place(0x1001)), ([0x66, 0x9C], place(0x1002)),  // pushf; pushfd
            ([0xCC], place(0x7010)), ([0xCD, 0x04], place(0x7020)), ([0x0F, 0x0B], place(0x7030)),  // int3; int 4; ud2
            ([0xF1], .guestDebugsItself),  // int1
        ] as [([UInt8], Stepping.Method)]
    )
    func whatPushesTheFlagsIsPassedByABreakpoint(code: [UInt8], method: Stepping.Method) throws {
        #expect(Stepping(Self.state, in: try Self.memory(code)).method == method)
    }

    @Test(
        arguments: [
            ([0x9D], 0), ([0x66, 0x9D], 0), ([0xCF], 4), ([0x66, 0xCF], 8),  // popf, popfd, iret, iretd
        ] as [([UInt8], Int)]
    )
    func whatLoadsTheGuestsTrapFlagIsNotStepped(code: [UInt8], offset: Int) throws {
        let clear = [UInt8](repeating: 0, count: 16)
        var set = clear
        set[offset + 1] = 1
        #expect(Stepping(Self.state, in: try Self.memory(code, stack: set)).method == .guestDebugsItself)
        #expect(Stepping(Self.state, in: try Self.memory(code, stack: clear)).method == .single)
    }

    @Test func in64BitCodeTheImageLiesHigherAndSYSRETTakesItFromARegister() throws {
        var state = Self.state
        state.control.cr0 |= 1
        state.control.efer = 1 << 10
        state.segments.cs.accessRights |= 1 << 13
        try #require(state.mode == .long64)
        var image = [UInt8](repeating: 0, count: 24)
        image[17] = 1
        let method = Stepping(state, in: try Self.memory([0x48, 0xCF], stack: image)).method
        #expect(method == .guestDebugsItself, "iretq")
        #expect(Stepping(state, in: try Self.memory([0x48, 0x0F, 0x07])).method == .single)
        state[.r11] = 0x100
        #expect(Stepping(state, in: try Self.memory([0x48, 0x0F, 0x07])).method == .guestDebugsItself)
    }

    @Test(
        arguments: [
            { $0.rflags |= 0x100 }, { $0.debug.control = 0x402 }, { $0.debug.control = 0x2400 },
            { $0.pending.exception = .init(vector: 1) },
        ] as [@Sendable (inout ProcessorState) -> Void]
    )
    func aGuestThatDebugsItselfIsNotStepped(change: @Sendable (inout ProcessorState) -> Void) throws {
        var state = Self.state
        change(&state)
        #expect(state.debugsItself)
        #expect(Stepping(state, in: try Self.memory([0x90])).method == .guestDebugsItself)
        let delivery = Stepping(state, deliveringTo: [])
        #expect(delivery.method == .guestDebugsItself)
    }

    @Test func breakpointsThatAreOffAndResetRegistersAreNoDebugging() {
        var state = Self.state
        (state.debug.control, state.debug.status) = (0x400, 0xFFFF_0FF0)
        #expect(!state.debugsItself)
        #expect(!state.hasUsedDebugRegisters)
        state.debug.status |= 0x4000
        #expect(!state.debugsItself)
        #expect(state.hasUsedDebugRegisters)
    }

    @Test func aStepThatLedToAHandlerIsFoundByWhereItLed() throws {
        let memory = try Self.memory([0xF7, 0xF1])  // div cx
        let stepping = Stepping(Self.state, in: memory)
        func registers(rip: UInt64) -> [UInt64] { Self.state.general + [rip, 2] }
        #expect(stepping.handlers(reached: registers(rip: 0x1002), in: memory).isEmpty)
        // In front of the handler's NOP, and behind it.
        for rip in [0x7000, 0x7001] as [UInt64] {
            let found = stepping.handlers(reached: registers(rip: rip), in: memory)
            #expect(found.map(\.offset) == [0x7000])
        }
        #expect(stepping.handlers(reached: registers(rip: 0x7005), in: memory).isEmpty)
    }
}
