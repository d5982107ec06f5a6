import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, chapter 6: vectors, error codes and where the handler returns to.
@Suite("Exceptions of the software processor in protected mode")
struct ExceptionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var code: [UInt8]
        var vector: UInt64
        var errorCode: UInt64?
        /// Of the return address, from the start of the code.
        var offset: UInt64 = 0
        var isUser = false
    }

    static let cases: [Case] = [
        Case(testDescription: "DIV by zero", code: [0x31, 0xC9, 0xF7, 0xF1], vector: 0, offset: 2),
        Case(testDescription: "INT3", code: [0xCC], vector: 3, offset: 1),
        Case(testDescription: "INTO", code: [0xB0, 0x7F, 0x04, 0x01, 0xCE], vector: 4, offset: 5),
        Case(testDescription: "BOUND", code: [0xB8, 1, 0, 0, 0, 0x62, 0x05, 0, 0x90, 0, 0], vector: 5, offset: 5),
        Case(testDescription: "UD2", code: [0x0F, 0x0B], vector: 6),
        Case(testDescription: "LOCK of what is no memory", code: [0xF0, 0x01, 0xC8], vector: 6),
        Case(testDescription: "RSM", code: [0x0F, 0xAA], vector: 6),
        Case(testDescription: "VMCALL", code: [0x0F, 0x01, 0xC1], vector: 6),
        Case(testDescription: "VMMCALL", code: [0x0F, 0x01, 0xD9], vector: 6),
        Case(testDescription: "MOV to CS", code: [0x8E, 0xC8], vector: 6),
        Case(testDescription: "MOV to CR1", code: [0x0F, 0x22, 0xC8], vector: 6),
        Case(
            testDescription: "an instruction of 16 bytes",
            code: [UInt8](repeating: 0x66, count: 15) + [0x90],
            vector: 13,
            errorCode: 0
        ),
        Case(
            testDescription: "a selector beyond the table",
            code: [0xB8, 0x04, 0xF0, 0, 0, 0x8E, 0xD8],
            vector: 13,
            errorCode: 0xF004,
            offset: 5
        ),
        Case(
            testDescription: "a null selector in SS",
            code: [0x31, 0xC0, 0x8E, 0xD0],
            vector: 13,
            errorCode: 0,
            offset: 2
        ),
        Case(
            testDescription: "a code segment in SS",
            code: [0xB8, 0x08, 0, 0, 0, 0x8E, 0xD0],
            vector: 13,
            errorCode: 8,
            offset: 5
        ),
        Case(
            testDescription: "a segment that is not present in DS",
            code: [0xB8, 0x30, 0, 0, 0, 0x8E, 0xD8],
            vector: 11,
            errorCode: 0x30,
            offset: 5
        ),
        Case(
            testDescription: "a segment that is not present in SS",
            code: [0xB8, 0x30, 0, 0, 0, 0x8E, 0xD0],
            vector: 12,
            errorCode: 0x30,
            offset: 5
        ),
        Case(testDescription: "a write through CS", code: [0x2E, 0xA2, 0, 0x90, 0, 0], vector: 13, errorCode: 0),
        Case(
            testDescription: "a read through a null selector",
            code: [0x31, 0xC0, 0x8E, 0xD8, 0xA0, 0, 0x90, 0, 0],
            vector: 13,
            errorCode: 0,
            offset: 4
        ),
        Case(testDescription: "a far JMP to data", code: [0xEA, 0, 0x80, 0, 0, 0x10, 0], vector: 13, errorCode: 0x10),
        Case(
            testDescription: "INT through a gate beyond the table",
            code: [0xCD, 0xFF],
            vector: 13,
            errorCode: 0xFF * 8 + 2
        ),
        Case(testDescription: "HLT at level 3", code: [0xF4], vector: 13, errorCode: 0, isUser: true),
        Case(
            testDescription: "MOV from CR0 at level 3",
            code: [0x0F, 0x20, 0xC0],
            vector: 13,
            errorCode: 0,
            isUser: true
        ),
        Case(testDescription: "CLI at level 3", code: [0xFA], vector: 13, errorCode: 0, isUser: true),
        Case(
            testDescription: "OUT at level 3 without a map",
            code: [0xE6, 0x80],
            vector: 13,
            errorCode: 0,
            isUser: true
        ),
        Case(testDescription: "INVD at level 3", code: [0x0F, 0x08], vector: 13, errorCode: 0, isUser: true),
        Case(testDescription: "WRMSR at level 3", code: [0x0F, 0x30], vector: 13, errorCode: 0, isUser: true),
        Case(
            testDescription: "INT of a gate of level 0 at level 3",
            code: [0xCD, 0x03],
            vector: 13,
            errorCode: 3 * 8 + 2,
            isUser: true
        ),
        Case(
            testDescription: "LGDT at level 3",
            code: [0x0F, 0x01, 0x15, 0, 0x90, 0, 0],
            vector: 13,
            errorCode: 0,
            isUser: true
        ),
        Case(testDescription: "MONITOR that CPUID does not show", code: [0x0F, 0x01, 0xC8], vector: 6),
        Case(
            testDescription: "CR0 with PG and without PE",
            code: [0xB8, 0, 0, 0, 0x80, 0x0F, 0x22, 0xC0],
            vector: 13,
            errorCode: 0,
            offset: 5
        ),
        Case(
            testDescription: "a bit of CR4 that does not exist",
            code: [0xB8, 0, 0, 0, 0x80, 0x0F, 0x22, 0xE0],
            vector: 13,
            errorCode: 0,
            offset: 5
        ),
    ]

    @Test("each has its vector, error code and return address", arguments: cases)
    func exceptions(_ test: Case) throws {
        let machine = try ProtectedMachine()
        // A data segment that is not present, and bounds of 2 to 3.
        try machine.setDescriptor(ProtectedMachine.free, ProtectedMachine.segment(0x13))
        try machine.machine.put(2, bytes: 4, at: 0x9000)
        try machine.machine.put(3, bytes: 4, at: 0x9004)
        try machine.start(test.code, isUser: test.isUser)
        if test.vector == 13, test.testDescription.hasPrefix("INT through") {
            var state = machine.processor.state
            state.idt.limit = 0xFF
            machine.processor.state = state
        }

        let taken = try machine.exception()

        #expect(taken == .init(vector: test.vector, errorCode: test.errorCode, ip: SmallMachine.code + test.offset))
    }

    @Test("a fault sets RF in what it pushes, a trap does not")
    func resumeFlag() throws {
        for (code, isSet) in [([0x0F, 0x0B], true), ([0xCC], false)] as [([UInt8], Bool)] {
            let machine = try ProtectedMachine()
            try machine.start(code)

            _ = try machine.exception()

            let pushed = try machine.machine.number(at: machine.processor.state[.rsp] + 8, bytes: 4)
            #expect((pushed & 1 << 16 != 0) == isSet)
            #expect(machine.processor.state.rflags & 1 << 16 == 0)
        }
    }

    @Test("an exception at level 3 takes the stack of level 0 and saves the old one on it")
    func innerStack() throws {
        let machine = try ProtectedMachine()
        try machine.start([0x0F, 0x0B], isUser: true)

        #expect(try machine.exception() == .init(vector: 6, errorCode: nil, ip: SmallMachine.code))

        let state = machine.processor.state
        #expect(state[.rsp] == ProtectedMachine.kernelStack - 20)
        #expect(state.segments.ss.selector == ProtectedMachine.data)
        #expect(try machine.machine.number(at: state[.rsp] + 4, bytes: 4) == UInt64(ProtectedMachine.userCode))
        #expect(try machine.machine.number(at: state[.rsp] + 12, bytes: 4) == ProtectedMachine.userStack)
        #expect(try machine.machine.number(at: state[.rsp] + 16, bytes: 4) == UInt64(ProtectedMachine.userData))
    }

    @Test("a gate that is not present raises #NP with its number, and that one missing too a double fault")
    func gates() throws {
        let machine = try ProtectedMachine()
        try machine.setGate(6, ProtectedMachine.gate(0x0E, ProtectedMachine.code, 0x3006))
        try machine.start([0x0F, 0x0B])
        #expect(try machine.exception() == .init(vector: 11, errorCode: 6 * 8 + 3, ip: SmallMachine.code))

        try machine.setGate(13, ProtectedMachine.gate(0x0E, ProtectedMachine.code, 0x300D))
        try machine.setGate(11, ProtectedMachine.gate(0x0E, ProtectedMachine.code, 0x300B))
        try machine.start([0xB8, 0x04, 0xF0, 0, 0, 0x8E, 0xD8])
        #expect(try machine.exception() == .init(vector: 8, errorCode: 0, ip: SmallMachine.code + 5))
    }

    @Test("a fault behind a double fault shuts the processor down")
    func tripleFault() throws {
        let machine = try ProtectedMachine()
        try machine.start([0x0F, 0x0B])
        var state = machine.processor.state
        state.idt.limit = 0
        machine.processor.state = state

        #expect(machine.processor.run(upTo: 100) == .shutdown)
    }

    @Test("a port is allowed by its bit in the task's map", arguments: [(0x60, false), (0x61, true), (0x62, false)])
    func ports(_ port: UInt8, _ isAllowed: Bool) throws {
        let machine = try ProtectedMachine()
        try machine.setDescriptor(
            ProtectedMachine.taskSelector,
            ProtectedMachine.system(0x8B, base: ProtectedMachine.task, limit: 0xFF)
        )
        try machine.machine.put(0x68, bytes: 2, at: ProtectedMachine.task + 102)
        for index in 0..<32 { try machine.machine.put([0xFF], at: ProtectedMachine.task + 0x68 + UInt64(index)) }
        try machine.machine.put([0xFD], at: ProtectedMachine.task + 0x68 + 12)
        try machine.start([0xE6, port], isUser: true) { $0.segments.tr.limit = 0xFF }

        let exit = machine.processor.run(upTo: 10)

        #expect((exit == .portWrite(UInt16(port), size: 1, value: 0)) == isAllowed)
    }

    @Test("a call gate leads to level 0 and takes parameters along")
    func callGate() throws {
        let machine = try ProtectedMachine()
        // Two parameters.
        try machine.setDescriptor(
            ProtectedMachine.free,
            ProtectedMachine.gate(0xEC, ProtectedMachine.code, 0x8800) | 2 << 32
        )
        try machine.machine.put([0xF4], at: 0x8800)
        // push 1; push 2; call the gate
        try machine.start([0x6A, 1, 0x6A, 2, 0x9A, 0, 0, 0, 0, UInt8(ProtectedMachine.free) | 3, 0], isUser: true)

        #expect(machine.processor.run(upTo: 100) == .halt)

        let state = machine.processor.state
        #expect(state.rip == 0x8801)
        #expect(state.segments.cs.selector == ProtectedMachine.code)
        let words = try (0..<6).map { try machine.machine.number(at: state[.rsp] + UInt64(4 * $0), bytes: 4) }
        #expect(
            words == [
                SmallMachine.code + 11, UInt64(ProtectedMachine.userCode), 2, 1, ProtectedMachine.userStack - 8,
                UInt64(ProtectedMachine.userData),
            ]
        )
    }

    @Test("IRET to level 3 takes the outer stack and drops segments of level 0")
    func returnToUser() throws {
        let machine = try ProtectedMachine()
        try machine.machine.put([0xF4], at: 0x8800)
        for (index, value) in [0x8800, UInt64(ProtectedMachine.userCode), 2, 0x6800, UInt64(ProtectedMachine.userData)]
            .enumerated()
        {
            try machine.machine.put(value, bytes: 4, at: 0x6F00 + UInt64(4 * index))
        }
        try machine.start([0xCF]) { $0[.rsp] = 0x6F00 }

        #expect(machine.processor.run(upTo: 1) == .limit)

        let state = machine.processor.state
        #expect(state.privilegeLevel == 3)
        #expect(state[.rsp] == 0x6800)
        #expect(state.segments.ds.selector == 0)
        #expect(try machine.exception() == .init(vector: 13, errorCode: 0, ip: 0x8800))
    }
}
