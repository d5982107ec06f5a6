import GuestMemory
import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// CR8 and the local APIC's task priority are one register.
@Suite(.needsKVM) struct TaskPriorityTests {
    @Test func aStoreToTheRegisterOfTheAPICSetsCR8() throws {
        // mov dword [0x200080], 0x50; hlt
        var machine = try LongModeMachine([0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0, 0xF4])
        // The second page of 2 MiB is that of the APIC's registers.
        try machine.processor.memory.write([0x83, 0x00, 0xE0, 0xFE], at: GuestPhysicalAddress(0x4008))
        let exit = try machine.processor.run()
        #expect(exit == .memoryWrite(GuestPhysicalAddress(0xFEE0_0080), length: 4, value: 0x50))
        let priority = machine.processor.taskPriority
        #expect(priority == 5)
        try machine.processor.completePendingAccess()
        let state = try machine.processor.state()
        #expect(state.control.cr8 == 5)
    }

    /// Sets IA32_APIC_BASE to EAX, and stores 0x50 to what was the task priority.
    private static let moving: [UInt8] = [
        0x0F, 0x30,  // wrmsr
        0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0,  // mov dword [0x200080], 0x50
        0xF4,  // hlt
    ]

    private static func movingMachine(to base: UInt64) throws -> LongModeMachine {
        let machine = try LongModeMachine(moving) { state in
            state[.rcx] = 0x1B
            state[.rax] = base
        }
        try machine.processor.memory.write([0x83, 0x00, 0xE0, 0xFE], at: GuestPhysicalAddress(0x4008))
        return machine
    }

    @Test(arguments: [(0xFEE0_0900, 5), (0xFEA0_0900, 0), (0xFEE0_0100, 0)] as [(UInt64, UInt8)])
    func aStoreCountsWhereTheAPICIs(base: UInt64, priority: UInt8) throws {
        var machine = try Self.movingMachine(to: base)
        #expect(try machine.processor.run() == .writeMSR(0x1B, value: base))
        _ = try machine.processor.run()
        let found = machine.processor.taskPriority
        #expect(found == priority)
        try machine.processor.completePendingAccess()
        #expect(try machine.processor.state().control.apicBase == base)
    }

    @Test func aBaseThatIsRefusedChangesNothing() throws {
        var machine = try Self.movingMachine(to: 0xFEA0_0900)
        #expect(try machine.processor.run() == .writeMSR(0x1B, value: 0xFEA0_0900))
        machine.processor.refuse()
        try machine.processor.completePendingAccess()
        #expect(try machine.processor.state().control.apicBase == 0xFEE0_0900)
    }

    @Test(
        arguments: [
            [0xC6, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0xF4],
            [0x48, 0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0, 0xF4],
        ] as [[UInt8]]
    )
    func aStoreOfAnotherSizeIsNone(code: [UInt8]) throws {
        var machine = try LongModeMachine(code)
        try machine.processor.memory.write([0x83, 0x00, 0xE0, 0xFE], at: GuestPhysicalAddress(0x4008))
        _ = try machine.processor.run()
        let priority = machine.processor.taskPriority
        #expect(priority == 0)
    }
}
