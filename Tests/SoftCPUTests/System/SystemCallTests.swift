import Testing
import X86

@testable import SoftCPU

/// SYSCALL, SYSENTER and the way back (Intel SDM vol. 2; AMD APM vol. 3).
@Suite("System calls of the software processor")
struct SystemCallTests {
    private static let entry: UInt64 = 0x8800
    private static let narrowEntry: UInt64 = 0x8900

    /// Handlers that only halt; the selectors are those of ``LongMachine``.
    private func machine(
        _ code: [UInt8],
        _ level: LongMachine.Level,
        _ quirks: Quirks = .zen,
        flags: UInt64 = 2,
        change: (inout ProcessorState) -> Void = { _ in }
    ) throws -> LongMachine {
        var configuration = SoftConfiguration()
        configuration.quirks = quirks
        let machine = try LongMachine(configuration: configuration)
        for address in [Self.entry, Self.narrowEntry] { try machine.machine.put([0xF4], at: address) }
        try machine.start(code, level) { state in
            state.rflags = flags
            state.modelSpecific[0xC000_0081] = UInt64(LongMachine.code) << 32 | UInt64(LongMachine.data | 3) << 48
            state.modelSpecific[0xC000_0082] = Self.entry
            state.modelSpecific[0xC000_0083] = Self.narrowEntry
            state.modelSpecific[0xC000_0084] = 0x600
            state.modelSpecific[0x174] = UInt64(LongMachine.code)
            state.modelSpecific[0x175] = 0x6800
            state.modelSpecific[0x176] = Self.entry
            change(&state)
        }
        return machine
    }

    @Test("SYSCALL keeps the return address and the flags, and clears those of the mask")
    func systemCall() throws {
        let machine = try machine([0x0F, 0x05], .user, flags: 0x646)

        #expect(machine.processor.run(upTo: 10) == .halt)

        let state = machine.processor.state
        #expect(state.rip == Self.entry + 1)
        #expect(state[.rcx] == SmallMachine.code + 2)
        #expect(state[.r11] == 0x646)
        #expect(state.rflags == 0x46)
        #expect(state[.rsp] == LongMachine.userStack)
        #expect(state.segments.cs.selector == LongMachine.code)
        #expect(state.segments.ss.selector == LongMachine.data)
        #expect(state.privilegeLevel == 0)
    }

    @Test("SYSCALL of 32-bit code in long mode has an entry of its own on AMD's processors, and is invalid on Intel's")
    func narrowSystemCall() throws {
        let amd = try machine([0x0F, 0x05], .narrowUser, .zen)
        #expect(amd.processor.run(upTo: 10) == .halt)
        #expect(amd.processor.state.rip == Self.narrowEntry + 1)
        #expect(amd.processor.state.mode == .long64)

        let intel = try machine([0x0F, 0x05], .narrowUser, .intel)
        #expect(try intel.exception() == .init(vector: 6, errorCode: nil))
    }

    @Test("SYSRET goes back to 64-bit and to 32-bit code", arguments: [true, false])
    func systemReturn(_ isWide: Bool) throws {
        let machine = try machine((isWide ? [0x48] : []) + [0x0F, 0x07], .kernel) { state in
            state[.rcx] = 0x9000
            state[.r11] = 0x246
        }

        #expect(machine.processor.run(upTo: 1) == .limit)

        let state = machine.processor.state
        #expect(state.rip == 0x9000)
        #expect(state.rflags == 0x246)
        #expect(state.privilegeLevel == 3)
        #expect(state.mode == (isWide ? .long64 : .protected32))
        #expect(state.segments.cs.selector == (isWide ? LongMachine.userData + 0 : LongMachine.data | 3))
    }

    @Test("SYSRET to an address that is not canonical, and one at level 3, raise #GP")
    func badReturn() throws {
        let far = try machine([0x48, 0x0F, 0x07], .kernel) { $0[.rcx] = 1 << 56 }
        #expect(try far.exception() == .init(vector: 13, errorCode: 0))

        let user = try machine([0x48, 0x0F, 0x07], .user)
        #expect(try user.exception() == .init(vector: 13, errorCode: 0))
    }

    @Test("without EFER.SCE both are invalid", arguments: [0x05, 0x07])
    func disabled(_ opcode: UInt8) throws {
        let machine = try machine([0x0F, opcode], .kernel) { $0.control.efer &= ~1 }

        #expect(try machine.exception() == .init(vector: 6, errorCode: nil))
    }

    @Test("SYSENTER in long mode takes the registers' addresses on Intel's processors, and is invalid on AMD's")
    func systemEnter() throws {
        let intel = try machine([0x0F, 0x34], .user, .intel, flags: 0x246)
        #expect(intel.processor.run(upTo: 10) == .halt)
        let state = intel.processor.state
        #expect(state.rip == Self.entry + 1)
        #expect(state[.rsp] == 0x6800)
        #expect(state.rflags == 0x46)
        #expect(state.segments.cs.selector == LongMachine.code)
        #expect(state.segments.ss.selector == LongMachine.data)
        #expect(state.privilegeLevel == 0)

        let amd = try machine([0x0F, 0x34], .user, .zen)
        #expect(try amd.exception() == .init(vector: 6, errorCode: nil))
    }

    @Test("SYSEXIT goes back to the code and the stack in RDX and RCX", arguments: [true, false])
    func systemExit(_ isWide: Bool) throws {
        let machine = try machine((isWide ? [0x48] : []) + [0x0F, 0x35], .kernel, .intel) { state in
            state[.rdx] = 0x9000
            state[.rcx] = 0x6100
        }

        #expect(machine.processor.run(upTo: 1) == .limit)

        let state = machine.processor.state
        #expect(state.rip == 0x9000)
        #expect(state[.rsp] == 0x6100)
        #expect(state.mode == (isWide ? .long64 : .protected32))
        let code = LongMachine.code + (isWide ? 32 : 16)
        #expect(state.segments.cs.selector == code | 3)
        #expect(state.segments.ss.selector == code + 8 | 3)
    }

    @Test(
        "SYSENTER in protected mode works on all processors, and raises #GP without a selector",
        arguments: [true, false]
    )
    func narrowSystemEnter(_ hasSelector: Bool) throws {
        let machine = try ProtectedMachine()
        try machine.machine.put([0xF4], at: Self.entry)
        try machine.start([0x0F, 0x34], isUser: true) { state in
            state.modelSpecific[0x174] = hasSelector ? UInt64(ProtectedMachine.code) : 0
            state.modelSpecific[0x175] = 0x6800
            state.modelSpecific[0x176] = Self.entry
        }

        if hasSelector {
            #expect(machine.processor.run(upTo: 10) == .halt)
            #expect(machine.processor.state.rip == Self.entry + 1)
            #expect(machine.processor.state[.rsp] == 0x6800)
        } else {
            #expect(try machine.exception() == .init(vector: 13, errorCode: 0, ip: SmallMachine.code))
        }
    }
}
