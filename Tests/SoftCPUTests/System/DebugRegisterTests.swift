import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, chapter 19. In real-address mode the handler of vector 1 is at 8100h and ends with HLT.
@Suite("Debug registers and single steps of the software processor")
struct DebugRegisterTests {
    private func machine(_ code: [UInt8], _ change: (inout ProcessorState) -> Void) throws -> SmallMachine {
        let machine = try SmallMachine()
        try machine.startReal(code)
        try machine.put(0x8100, bytes: 4, at: 4)
        try machine.put([0xF4], at: 0x8100)
        var state = machine.processor.state
        change(&state)
        machine.processor.state = state
        return machine
    }

    /// Where the handler would return to, and the bits of DR6.
    private func taken(_ machine: SmallMachine) throws -> (ip: UInt64, bits: UInt64, executed: UInt64) {
        #expect(machine.processor.run(upTo: 100) == .halt)
        let state = machine.processor.state
        #expect(state.rip == 0x8101)
        return (try machine.number(at: state[.rsp], bytes: 2), state.debug.status & 0xE00F, machine.processor.executed)
    }

    @Test("a breakpoint stops in front of its instruction, once RF is clear")
    func codeBreakpoint() throws {
        // inc ax; inc bx; inc cx
        let machine = try machine([0x40, 0x43, 0x41, 0xF4]) {
            $0.debug.address[2] = SmallMachine.code + 1
            $0.debug.control = 0x400 | 2 << 4
            $0.debug.status = 0xFFFF_0FF0
        }

        let taken = try taken(machine)

        #expect(taken == (SmallMachine.code + 1, 4, 3))
        #expect(machine.processor.state[.rax] == 1)
        #expect(machine.processor.state[.rbx] == 0)
    }

    @Test("RF lets one instruction pass, and is clear behind it")
    func resume() throws {
        let machine = try machine([0x40, 0x43, 0xEB, 0xFC]) {
            $0.debug.address[0] = SmallMachine.code
            $0.debug.control = 0x401
            $0.rflags |= 1 << 16
        }

        #expect(machine.processor.run(upTo: 1) == .limit)
        #expect(machine.processor.state.rflags & 1 << 16 == 0)
        #expect(try taken(machine).ip == SmallMachine.code)
        #expect(machine.processor.executed == 5)
    }

    @Test(
        "a data breakpoint traps behind the access",
        arguments: [
            // length, kind, address, whether it is met: mov [9000h], al; mov bl, [9000h]
            (0, 1, 0x9000, 1), (0, 3, 0x9000, 1), (0, 1, 0x9001, 0), (1, 1, 0x9001, 1), (3, 1, 0x9003, 1),
            (3, 1, 0x9004, 0),
        ]
    )
    func dataBreakpoint(_ length: UInt64, _ kind: UInt64, _ address: UInt64, _ isMet: Int) throws {
        let machine = try machine([0x90, 0xA2, 0x00, 0x90, 0x90, 0x90, 0xF4]) {
            $0.debug.address[3] = address
            $0.debug.control = 0x400 | 1 << 6 | kind << 28 | length << 30
        }

        #expect(machine.processor.run(upTo: 100) == .halt)

        #expect(machine.processor.state.debug.status & 15 == UInt64(isMet) * 8)
        #expect(machine.processor.state.rip == (isMet == 1 ? 0x8101 : SmallMachine.code + 7))
    }

    @Test("a read meets a breakpoint of reads and writes alone", arguments: [(1, false), (3, true)])
    func readBreakpoint(_ kind: UInt64, _ isMet: Bool) throws {
        // mov bl, [9000h]; push es; pop es
        let machine = try machine([0x8A, 0x1E, 0x00, 0x90, 0xF4]) {
            $0.debug.address[0] = 0x9000
            $0.debug.control = 0x401 | kind << 16
        }

        #expect(machine.processor.run(upTo: 100) == .halt)

        #expect((machine.processor.state.debug.status & 1 != 0) == isMet)
    }

    @Test("a breakpoint on a port needs CR4.DE and traps behind the access", arguments: [(0, false), (8, true)])
    func portBreakpoint(_ cr4: UInt64, _ isMet: Bool) throws {
        // out 61h, al
        let machine = try machine([0xE6, 0x61, 0x90, 0xF4]) {
            $0.debug.address[1] = 0x60
            $0.debug.control = 0x400 | 1 << 2 | 2 << 20 | 1 << 22
            $0.control.cr4 = cr4
        }

        #expect(machine.processor.run(upTo: 100) == .portWrite(0x61, size: 1, value: 0))
        #expect(machine.processor.run(upTo: 100) == .halt)

        #expect((machine.processor.state.debug.status & 2 != 0) == isMet)
    }

    @Test("TF traps behind each instruction, and the handler has it clear")
    func singleStep() throws {
        let machine = try machine([0x40, 0x43, 0xF4]) { $0.rflags |= 1 << 8 }

        let taken = try taken(machine)

        #expect(taken == (SmallMachine.code + 1, 1 << 14, 2))
        #expect(machine.processor.state.rflags & 1 << 8 == 0)
        #expect(try machine.number(at: machine.processor.state[.rsp] + 4, bytes: 2) & 1 << 8 != 0)
    }

    @Test("POPF that sets TF traps behind the instruction that follows it")
    func stepBehindPop() throws {
        // push 102h; popf; inc ax; inc bx
        let machine = try machine([0x68, 0x02, 0x01, 0x9D, 0x40, 0x43, 0xF4]) { _ in }

        #expect(try taken(machine).ip == SmallMachine.code + 5)
    }

    @Test("a load of SS holds the trap of its own step back")
    func stepBehindStack() throws {
        // mov ss, ax; inc bx; inc cx
        let machine = try machine([0x8E, 0xD0, 0x43, 0x41, 0xF4]) { $0.rflags |= 1 << 8 }

        #expect(try taken(machine).ip == SmallMachine.code + 3)
    }

    @Test("a data breakpoint that a load of SS meets traps behind the next instruction")
    func breakpointBehindStack() throws {
        // mov ss, [9000h]; inc bx; inc cx
        let machine = try machine([0x8E, 0x16, 0x00, 0x90, 0x43, 0x41, 0xF4]) {
            $0.debug.address[0] = 0x9000
            $0.debug.control = 0x401 | 3 << 16
        }

        let taken = try taken(machine)

        #expect(taken.ip == SmallMachine.code + 5)
        #expect(taken.bits == 1)
    }

    @Test("a repeated instruction is stepped turn by turn")
    func stepTurns() throws {
        let machine = try machine([0xF3, 0xAA, 0xF4]) {
            $0.rflags |= 1 << 8
            $0[.rcx] = 5
            $0[.rdi] = 0x9000
        }

        let taken = try taken(machine)

        #expect(taken.ip == SmallMachine.code)
        #expect(machine.processor.state[.rcx] == 4)
    }

    @Test("INT n clears TF without a trap of its own")
    func stepOverInterrupt() throws {
        let machine = try machine([0xCD, 0x21, 0xF4]) { $0.rflags |= 1 << 8 }
        try machine.put(0x8200, bytes: 4, at: 0x84)
        try machine.put([0x40, 0xF4], at: 0x8200)

        #expect(machine.processor.run(upTo: 100) == .halt)
        #expect(machine.processor.state.rip == 0x8202)
    }

    @Test("with GD an access to a debug register raises an exception in front of it, and clears GD")
    func generalDetect() throws {
        // mov eax, dr0
        let machine = try machine([0x90, 0x0F, 0x21, 0xC0, 0xF4]) { $0.debug.control = 0x400 | 1 << 13 }

        let taken = try taken(machine)

        #expect(taken == (SmallMachine.code + 1, 1 << 13, 3))
        #expect(machine.processor.state.debug.control == 0x400)
    }

    @Test("INT1 traps without a bit in DR6")
    func icebp() throws {
        let machine = try machine([0xF1, 0xF4]) { _ in }

        #expect(try taken(machine) == (SmallMachine.code + 1, 0, 2))
    }

    @Test("a breakpoint that the guest sets itself is met in code that has been executed before")
    func setByGuest() throws {
        // start: inc ax; cmp ax, 20; jb start; mov dr0, ebx; mov dr7, ecx; jmp start
        let machine = try machine(
            [0x40, 0x3D, 20, 0, 0x72, 0xFA, 0x0F, 0x23, 0xC3, 0x0F, 0x23, 0xF9, 0xEB, 0xF2]
        ) {
            $0[.rbx] = SmallMachine.code + 1
            $0[.rcx] = 1
        }

        #expect(try taken(machine).ip == SmallMachine.code + 1)
        #expect(machine.processor.state[.rax] == 21)
        #expect(machine.processor.state.debug.control == 0x401)
    }
}
