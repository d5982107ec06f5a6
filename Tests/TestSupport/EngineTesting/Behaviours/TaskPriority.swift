import Engine
import GuestMemory
import Testing
import X86

/// CR8 and the local APIC's task priority are one register.
extension EngineBehaviours {
    static let taskPriority: [any EngineBehaviour] = [
        AStoreToTheRegisterOfTheAPICSetsCR8(), AStoreCountsWhereTheAPICIs(), ABaseThatIsRefusedChangesNothing(),
        AStoreOfAnotherSizeDoesNotCount(),
    ]
}

extension LongModeMachine where P: ~Copyable {
    /// Maps the page of the APIC's registers at 2 MiB.
    fileprivate func mapAPIC() throws {
        try processor.memory.write([0x83, 0x00, 0xE0, 0xFE], at: GuestPhysicalAddress(0x4008))
    }

    /// A machine that sets IA32_APIC_BASE, and stores 0x50 to the former address of the task priority.
    fileprivate static func moving(to base: UInt64) throws -> Self {
        let code: [UInt8] = [
            0x0F, 0x30,  // wrmsr
            0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0,  // mov dword [0x200080], 0x50
            0xF4,  // hlt
        ]
        let machine = try Self(code) { state in
            state[.rcx] = 0x1B
            state[.rax] = base
        }
        try machine.mapAPIC()
        return machine
    }
}

struct AStoreToTheRegisterOfTheAPICSetsCR8: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        // mov dword [0x200080], 0x50; hlt
        var machine = try LongModeMachine<P>([0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0, 0xF4])
        try machine.mapAPIC()
        let exit = try machine.processor.run()
        #expect(exit == .memoryWrite(GuestPhysicalAddress(0xFEE0_0080), length: 4, value: 0x50))
        let priority = machine.processor.taskPriority
        #expect(priority == 5)
        try machine.processor.completePendingAccess()
        let state = try machine.processor.state()
        #expect(state.control.cr8 == 5)
    }
}

struct AStoreCountsWhereTheAPICIs: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let cases: [(UInt64, UInt8)] = [(0xFEE0_0900, 5), (0xFEA0_0900, 0), (0xFEE0_0100, 0)]
        for (base, priority) in cases {
            var machine = try LongModeMachine<P>.moving(to: base)
            #expect(try machine.processor.run() == .writeMSR(0x1B, value: base))
            _ = try machine.processor.run()
            let found = machine.processor.taskPriority
            #expect(found == priority, "\(base)")
            try machine.processor.completePendingAccess()
            #expect(try machine.processor.state().control.apicBase == base)
        }
    }
}

struct ABaseThatIsRefusedChangesNothing: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try LongModeMachine<P>.moving(to: 0xFEA0_0900)
        #expect(try machine.processor.run() == .writeMSR(0x1B, value: 0xFEA0_0900))
        machine.processor.refuse()
        try machine.processor.completePendingAccess()
        #expect(try machine.processor.state().control.apicBase == 0xFEE0_0900)
    }
}

struct AStoreOfAnotherSizeDoesNotCount: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let stores: [[UInt8]] = [
            [0xC6, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0xF4],
            [0x48, 0xC7, 0x04, 0x25, 0x80, 0, 0x20, 0, 0x50, 0, 0, 0, 0xF4],
        ]
        for code in stores {
            var machine = try LongModeMachine<P>(code)
            try machine.mapAPIC()
            _ = try machine.processor.run()
            let priority = machine.processor.taskPriority
            #expect(priority == 0, "\(code)")
        }
    }
}
