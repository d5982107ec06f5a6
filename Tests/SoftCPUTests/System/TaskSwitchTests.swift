import Testing
import X86

@testable import SoftCPU

/// Intel SDM vol. 3, chapter 8. The second task's segment is at 5000h, its code at 8800h.
@Suite("Task switches of the software processor")
struct TaskSwitchTests {
    private static let second: UInt64 = 0x5000
    private static let selector = ProtectedMachine.free
    private static let entry: UInt64 = 0x8800

    private func machine(_ code: [UInt8], _ secondCode: [UInt8], isUser: Bool = false) throws -> ProtectedMachine {
        let machine = try ProtectedMachine()
        try machine.setDescriptor(Self.selector, ProtectedMachine.system(0x89, base: Self.second, limit: 0x67))
        try put(Self.entry, at: 32, machine)
        try put(2, at: 36, machine)
        for index in 0..<8 { try put(0x1111_1111 * UInt64(index + 1), at: 40 + UInt64(4 * index), machine) }
        try put(0x6800, at: 56, machine)
        let selectors =
            [ProtectedMachine.data, ProtectedMachine.code] + [UInt16](repeating: ProtectedMachine.data, count: 4)
        for (index, value) in selectors.enumerated() { try put(UInt64(value), at: 72 + UInt64(4 * index), machine) }
        try machine.machine.put(secondCode, at: Self.entry)
        try machine.start(code, isUser: isUser)
        return machine
    }

    private func put(_ value: UInt64, at offset: UInt64, _ machine: ProtectedMachine) throws {
        try machine.machine.put(value, bytes: 4, at: Self.second + offset)
    }

    private func old(_ offset: UInt64, _ machine: ProtectedMachine) throws -> UInt64 {
        try machine.machine.number(at: ProtectedMachine.task + offset, bytes: 4)
    }

    private static let jump: [UInt8] = [0xEA, 0, 0, 0, 0, UInt8(selector), 0]
    private static let call: [UInt8] = [0x9A, 0, 0, 0, 0, UInt8(selector), 0]

    @Test("JMP saves the old task, loads the new one and moves the busy bit")
    func jump() throws {
        let machine = try machine([0x40] + Self.jump, [0xF4])

        #expect(machine.processor.run(upTo: 100) == .halt)

        let state = machine.processor.state
        #expect(state.rip == Self.entry + 1)
        #expect(state[.rcx] == 0x2222_2222)
        #expect(state[.rsp] == 0x6800)
        #expect(state.segments.tr.selector == Self.selector)
        #expect(state.segments.tr.accessRights == 0x8B)
        #expect(state.control.cr0 & 8 != 0)
        #expect(state.rflags & 1 << 14 == 0)
        #expect(try old(32, machine) == SmallMachine.code + 8)
        #expect(try old(40, machine) == 1)
        #expect(try old(76, machine) == UInt64(ProtectedMachine.code))
        #expect(try machine.descriptor(ProtectedMachine.taskSelector) >> 40 & 0xFF == 0x89)
        #expect(try machine.descriptor(Self.selector) >> 40 & 0xFF == 0x8B)
    }

    @Test("CALL nests the new task, and IRET goes back")
    func callAndReturn() throws {
        let machine = try machine(Self.call + [0x40, 0xF4], [0x40, 0xCF, 0xF4])

        #expect(machine.processor.run(upTo: 2) == .limit)
        #expect(machine.processor.state.rflags & 1 << 14 != 0)
        #expect(try machine.machine.number(at: Self.second, bytes: 2) == UInt64(ProtectedMachine.taskSelector))
        #expect(try machine.descriptor(ProtectedMachine.taskSelector) >> 40 & 0xFF == 0x8B)

        #expect(machine.processor.run(upTo: 100) == .halt)
        let state = machine.processor.state
        #expect(state.rip == SmallMachine.code + 9)
        #expect(state[.rax] == 1)
        #expect(state.segments.tr.selector == ProtectedMachine.taskSelector)
        #expect(state.rflags & 1 << 14 == 0)
        #expect(try machine.machine.number(at: Self.second + 32, bytes: 4) == Self.entry + 2)
        #expect(try machine.machine.number(at: Self.second + 36, bytes: 4) & 1 << 14 == 0)
        #expect(try machine.descriptor(Self.selector) >> 40 & 0xFF == 0x89)
    }

    @Test("an exception through a task gate pushes its error code on the new task's stack")
    func exceptionThroughGate() throws {
        // mov ds, ax with a selector beyond the table
        let machine = try machine([0x66, 0xB8, 0x00, 0xFF, 0x8E, 0xD8], [0xF4])
        try machine.setGate(13, ProtectedMachine.gate(0x85, Self.selector, 0))

        #expect(machine.processor.run(upTo: 100) == .halt)

        let state = machine.processor.state
        #expect(state.rip == Self.entry + 1)
        #expect(state[.rsp] == 0x67FC)
        #expect(try machine.machine.number(at: 0x67FC, bytes: 4) == 0xFF00)
        #expect(try old(32, machine) == SmallMachine.code + 4)
        #expect(try old(36, machine) & 1 << 16 != 0)
        #expect(state.rflags & 1 << 14 != 0)
    }

    @Test("a task gate leads to the task from a lower privilege")
    func gateFromUser() throws {
        let machine = try machine(
            [0x9A, 0, 0, 0, 0, UInt8(ProtectedMachine.free + 8) | 3, 0],
            [0xF4],
            isUser: true
        )
        try machine.setDescriptor(ProtectedMachine.free + 8, ProtectedMachine.gate(0xE5, Self.selector, 0))

        #expect(machine.processor.run(upTo: 100) == .halt)
        #expect(machine.processor.state.rip == Self.entry + 1)
        #expect(machine.processor.state.privilegeLevel == 0)
    }

    @Test("the trap flag raises a debug exception in front of the first instruction")
    func trapFlag() throws {
        let machine = try machine(Self.jump, [0x40, 0xF4])
        try put(1, at: 100, machine)

        #expect(try machine.exception() == .init(vector: 1, errorCode: nil, ip: Self.entry))
        #expect(machine.processor.state.debug.status & 1 << 15 != 0)
    }

    @Test("a switch clears the breakpoints of one task")
    func localBreakpoints() throws {
        let machine = try machine(Self.jump, [0xF4])
        var state = machine.processor.state
        state.debug.control = 0x7FF
        state.debug.address[0] = 0xFFFF_0000
        machine.processor.state = state

        #expect(machine.processor.run(upTo: 100) == .halt)
        #expect(machine.processor.state.debug.control == 0x7FF & ~0x155)
    }

    @Test("a busy task raises #GP, one that is not present #NP, one that is too small #TS")
    func unusable() throws {
        let selector = UInt64(Self.selector)
        for (rights, limit, vector) in [(0x8B, 0x67, 13), (0x09, 0x67, 11), (0x89, 0x66, 10)]
            as [(UInt64, UInt64, UInt64)]
        {
            let machine = try machine(Self.jump, [0xF4])
            try machine.setDescriptor(Self.selector, ProtectedMachine.system(rights, base: Self.second, limit: limit))

            #expect(try machine.exception() == .init(vector: vector, errorCode: selector, ip: SmallMachine.code))
        }
    }

    @Test("a bad segment of the new task is its own exception")
    func badSegment() throws {
        for (offset, value, vector) in [
            (80, 0x08, 10), (76, 0x10, 10), (84, 0x1F0, 10), (96, 0x08, 10), (80, 0x1B, 10), (76, 0, 10),
        ] as [(UInt64, UInt64, UInt64)] {
            let machine = try machine(Self.jump, [0xF4])
            try machine.setGate(10, ProtectedMachine.gate(0x85, ProtectedMachine.free + 8, 0))
            try machine.setDescriptor(
                ProtectedMachine.free + 8,
                ProtectedMachine.system(0x89, base: 0x5800, limit: 0x67)
            )
            for field in stride(from: UInt64(0), to: 104, by: 4) {
                try machine.machine.put(
                    try machine.machine.number(at: Self.second + field, bytes: 4),
                    bytes: 4,
                    at: 0x5800 + field
                )
            }
            try put(value, at: offset, machine)

            #expect(machine.processor.run(upTo: 100) == .halt, "\(offset)")

            // The old state of the handler's task is that of the task that could not be entered.
            #expect(machine.processor.state.segments.tr.selector == ProtectedMachine.free + 8)
            #expect(try machine.machine.number(at: 0x67FC, bytes: 4) == value & 0xFFFC)
            #expect(try machine.machine.number(at: Self.second + 32, bytes: 4) == Self.entry)
            #expect(vector == 10)
        }
    }

    @Test("IRET with NT to a task that is not busy raises #TS")
    func returnToIdle() throws {
        let machine = try machine([0xCF], [0xF4])
        try machine.machine.put(UInt64(Self.selector), bytes: 2, at: ProtectedMachine.task)
        var state = machine.processor.state
        state.rflags |= 1 << 14
        machine.processor.state = state

        #expect(
            try machine.exception() == .init(vector: 10, errorCode: UInt64(Self.selector), ip: SmallMachine.code)
        )
    }

    @Test("a task of 16 bits is saved and loaded in 16 bits")
    func narrow() throws {
        let machine = try machine(Self.jump, [0xF4])
        try machine.setDescriptor(Self.selector, ProtectedMachine.system(0x81, base: Self.second, limit: 0x2B))
        let words: [UInt64] =
            [Self.entry, 2] + (1...8).map { $0 * 0x101 }
            + [UInt64(ProtectedMachine.data), UInt64(ProtectedMachine.code), UInt64(ProtectedMachine.data), 0, 0]
        for (index, word) in words.enumerated() {
            try machine.machine.put(word, bytes: 2, at: Self.second + 14 + UInt64(2 * index))
        }

        #expect(machine.processor.run(upTo: 100) == .halt)

        let state = machine.processor.state
        #expect(state.rip == Self.entry + 1)
        #expect(state[.rdi] == 0x808)
        #expect(state.segments.ds.selector == 0)
        #expect(state.segments.tr.accessRights == 0x83)
    }

    @Test("a task may be one of virtual-8086 mode")
    func virtual8086() throws {
        let machine = try machine(Self.jump, [])
        try put(1 << 17 | 3 << 12 | 2, at: 36, machine)
        try put(0x10, at: 32, machine)
        try put(0x880, at: 76, machine)
        try put(ProtectedMachine.kernelStack, at: 4, machine)
        try put(UInt64(ProtectedMachine.data), at: 8, machine)
        // ud2
        try machine.machine.put([0x0F, 0x0B], at: 0x8810)

        let taken = try machine.exception()

        #expect(taken == .init(vector: 6, errorCode: nil, ip: 0x10))
        let stack = machine.processor.state[.rsp]
        #expect(try machine.machine.number(at: stack + 4, bytes: 4) == 0x880)
        #expect(try machine.machine.number(at: stack + 8, bytes: 4) & 1 << 17 != 0)
    }
}
