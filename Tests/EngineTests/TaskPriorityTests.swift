import TestBasics
import Testing
import X86

@testable import Engine

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
}
