import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, 6.14, and chapters 4 and 5 as far as they are about 64-bit mode.
@Suite("64-bit mode of the software processor")
struct LongModeTests {
    @Test("an exception pushes five words and its error code on a stack that it aligns", arguments: [0x6FF9, 0x6FF0])
    func frame(_ pointer: UInt64) throws {
        let machine = try LongMachine()
        // mov ds, ax, whose selector is beyond the table
        try machine.start([0x8E, 0xD8]) { state in
            state[.rsp] = pointer
            state[.rax] = 0xF004
        }

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0xF004))

        let state = machine.processor.state
        #expect(state[.rsp] == 0x6FF0 - 48)
        let words = try machine.stack(6)
        #expect(words[1...2] == [SmallMachine.code, UInt64(LongMachine.code)])
        #expect(words[4...5] == [pointer, UInt64(LongMachine.data)])
    }

    @Test("an exception at level 3 takes the task's stack, and a null selector for it")
    func userFrame() throws {
        let machine = try LongMachine()
        try machine.start([0xF4], .user)

        #expect(try machine.exception() == .init(vector: 13, errorCode: 0))

        let state = machine.processor.state
        #expect(state[.rsp] == LongMachine.kernelStack - 48)
        #expect(state.segments.ss.selector == 0)
        #expect(state.privilegeLevel == 0)
        #expect(try machine.stack(6)[4...5] == [LongMachine.userStack, UInt64(LongMachine.userData)])
    }

    @Test("a gate takes the stack of the task that it names, at level 0 too")
    func interruptStack() throws {
        let machine = try LongMachine()
        try machine.setGate(6, stack: 3)
        try machine.machine.put(0x6800, bytes: 8, at: LongMachine.task + 36 + 16)
        try machine.start([0x0F, 0x0B])

        #expect(try machine.exception() == .init(vector: 6, errorCode: nil))

        #expect(machine.processor.state[.rsp] == 0x6800 - 40)
        #expect(try machine.stack(5)[3] == LongMachine.kernelStack)
    }

    @Test("a stack that is not canonical in the task is a stack fault behind the exception")
    func badInterruptStack() throws {
        let machine = try LongMachine()
        try machine.setGate(6, stack: 1)
        try machine.machine.put(1 << 56, bytes: 8, at: LongMachine.task + 36)
        try machine.start([0x0F, 0x0B])

        #expect(try machine.exception() == .init(vector: 12, errorCode: 0))
    }

    @Test("IRETQ leads to 64-bit and to 32-bit code of level 3", arguments: [true, false])
    func interruptReturn(_ isWide: Bool) throws {
        let machine = try LongMachine()
        let selector = isWide ? LongMachine.userCode : LongMachine.narrowUserCode
        let words: [UInt64] = [0x8800, UInt64(selector), 0x202, 0x6800, UInt64(LongMachine.userData)]
        for (index, word) in words.enumerated() {
            try machine.machine.put(word, bytes: 8, at: 0x6F00 + UInt64(8 * index))
        }
        // inc eax, which is a REX prefix of HLT in 64-bit code.
        try machine.machine.put([0x40, 0xF4], at: 0x8800)
        try machine.start([0x48, 0xCF]) { $0[.rsp] = 0x6F00 }

        #expect(machine.processor.run(upTo: 1) == .limit)

        let state = machine.processor.state
        #expect(state.segments.cs.selector == selector)
        #expect(state[.rsp] == 0x6800)
        #expect(state.mode == (isWide ? .long64 : .protected32))
        #expect(try machine.exception() == .init(vector: 13, errorCode: 0))
        #expect(machine.processor.state[.rax] == (isWide ? 0 : 1))
        #expect(try machine.stack(2)[1] == (isWide ? 0x8800 : 0x8801))
    }

    @Test("a call gate of 16 bytes leads to level 0, on the task's stack")
    func callGate() throws {
        let machine = try LongMachine()
        try machine.setDescriptor(LongMachine.free, ProtectedMachine.gate(0xEC, LongMachine.code, 0x8800))
        try machine.setDescriptor(LongMachine.free + 8, 0)
        try machine.machine.put([0xF4], at: 0x8800)
        // call far [rax]
        try machine.machine.put(UInt64(LongMachine.free | 3) << 32, bytes: 8, at: 0x9000)
        try machine.start([0xFF, 0x18], .user) { $0[.rax] = 0x9000 }

        #expect(machine.processor.run(upTo: 10) == .halt)

        #expect(machine.processor.state.rip == 0x8801)
        #expect(machine.processor.state.segments.cs.selector == LongMachine.code)
        #expect(machine.processor.state.segments.ss.selector == 0)
        #expect(
            try machine.stack(4) == [
                SmallMachine.code + 2, UInt64(LongMachine.userCode), LongMachine.userStack,
                UInt64(LongMachine.userData),
            ]
        )
    }

    @Test("a call gate whose second half has a type raises #GP with its selector")
    func badCallGate() throws {
        let machine = try LongMachine()
        try machine.setDescriptor(LongMachine.free, ProtectedMachine.gate(0xEC, LongMachine.code, 0x8800))
        try machine.setDescriptor(LongMachine.free + 8, 1 << 40)
        try machine.machine.put(UInt64(LongMachine.free | 3) << 32, bytes: 8, at: 0x9000)
        try machine.start([0xFF, 0x18], .user) { $0[.rax] = 0x9000 }

        #expect(try machine.exception() == .init(vector: 13, errorCode: UInt64(LongMachine.free)))
    }

    struct Access: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var code: [UInt8]
        var raised: LongMachine.Raised
    }

    @Test(
        "an address that is not canonical raises #SS in the stack segment, else #GP",
        arguments: [
            Access(testDescription: "mov al, [rbx]", code: [0x8A, 0x03], raised: .init(vector: 13, errorCode: 0)),
            Access(testDescription: "mov al, [rbp]", code: [0x8A, 0x45, 0], raised: .init(vector: 12, errorCode: 0)),
            Access(testDescription: "push rax", code: [0x50], raised: .init(vector: 12, errorCode: 0)),
            Access(testDescription: "jmp rbx", code: [0xFF, 0xE3], raised: .init(vector: 13, errorCode: 0)),
            Access(testDescription: "lgdt [rbx]", code: [0x0F, 0x01, 0x13], raised: .init(vector: 13, errorCode: 0)),
        ]
    )
    func canonical(_ access: Access) throws {
        let machine = try LongMachine()
        // The handlers need a stack of their own.
        for vector in [12, 13] { try machine.setGate(vector, stack: 1) }
        try machine.machine.put(0x6800, bytes: 8, at: LongMachine.task + 36)
        try machine.start(access.code) { state in
            for register in [GeneralRegister.rbx, .rbp, .rsp] { state[register] = 1 << 56 }
        }

        #expect(try machine.exception() == access.raised)
    }
}
