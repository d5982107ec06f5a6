import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// Trapped instructions in 64-bit mode, where every register and operand size can be had.
@Suite(.needsKVM) struct HiddenReadTests {
    private static let value: UInt64 = 0x1122_3344_5566_7788
    private static let before: UInt64 = 0xAAAA_AAAA_AAAA_AAAA
    private static let allFlags: UInt64 = 0x8D5

    /// Runs one trapped instruction with all registers filled, and gives the state after it.
    private func state(after code: TrapCode, succeeded: Bool = true) throws -> ProcessorState {
        var machine = try LongModeMachine(code.bytes(basePort: 0xE4) + [0xF4], trapBasePort: 0xE4) { state in
            for register in GeneralRegister.allCases where register != .rsp { state[register] = Self.before }
            state.rflags |= 0x8D4
        }
        let exit = try machine.processor.run()
        #expect(exit == .hiddenRead(code.instruction))
        try machine.processor.answerHiddenRead(value: Self.value, auxiliary: 7, succeeded: succeeded)
        try machine.processor.completePendingAccess()
        let state = try machine.processor.state()
        #expect(state.rip == LongModeMachine.start + UInt64(code.length))
        let next = try machine.processor.run()
        #expect(next == .halt)
        return state
    }

    @Test(arguments: [HiddenInstruction.rdtsc, .rdtscp, .rdpmc])
    func countersGoToEDXAndEAXAndClearTheUpperHalves(instruction: HiddenInstruction) throws {
        let state = try state(after: TrapCode(instruction: instruction, length: instruction == .rdtscp ? 3 : 2))
        #expect(state[.rax] == 0x5566_7788)
        #expect(state[.rdx] == 0x1122_3344)
        #expect(state[.rcx] == (instruction == .rdtscp ? 7 : Self.before))
        #expect(state[.rbx] == Self.before)
    }

    @Test(arguments: GeneralRegister.allCases.filter { $0 != .rsp })
    func randomNumbersGoToTheRegisterInTheSizeAsked(register: GeneralRegister) throws {
        let results: [(AccessSize, UInt64)] = [
            (.word, 0xAAAA_AAAA_AAAA_7788), (.doubleword, 0x5566_7788), (.quadword, Self.value),
        ]
        for (size, expected) in results {
            let code = TrapCode(instruction: .rdrand, length: 4, destination: register, size: size)
            let state = try state(after: code)
            #expect(state[register] == expected, "\(size)")
            #expect(state.rflags & Self.allFlags == 1)
        }
    }

    @Test func aFailedRandomNumberIsZeroWithoutCarry() throws {
        let state = try state(after: TrapCode(instruction: .rdseed, length: 4, size: .quadword), succeeded: false)
        #expect(state[.rax] == 0)
        #expect(state.rflags & Self.allFlags == 0)
    }

    @Test func theProcessorNumberGoesToItsRegister() throws {
        let state = try state(after: TrapCode(instruction: .rdpid, length: 5, destination: .r11, size: .quadword))
        #expect(state[.r11] == 7)
        #expect(state.rflags & Self.allFlags == 0x8D4)
    }

    @Test func aWriteToTheSamePortByAnotherInstructionIsNoTrap() throws {
        var machine = try LongModeMachine([0xEE, 0xF4], trapBasePort: 0xE4) {  // out dx, al; hlt
            $0[.rdx] = 0xE4
            $0[.rax] = 0x5A
        }
        let exit = try machine.processor.run()
        #expect(exit == .portWrite(Port(0xE4), .byte, value: 0x5A))
        let next = try machine.processor.run()
        #expect(next == .halt)
    }
}
