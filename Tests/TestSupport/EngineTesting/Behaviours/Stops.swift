import Dispatch
import Engine
import Testing
import X86

/// Exits that are not accesses, and kicks.
extension EngineBehaviours {
    static let stops: [any EngineBehaviour] = [
        ATripleFaultEndsTheRun(), AProcessorThatWasShutDownExecutesWithAnotherState(),
        CodeThatIsNotInMemoryIsAnEmulationFailure(), WhatTheGuestSeesOfCPUIDIsKnown(),
        AKickBeforeARunStopsItBeforeAnythingIsExecuted(), AKickFromAnotherThreadStopsAGuestThatNeverLeaves(),
        AKickDoesNotStopBetweenTwoAccessesOfOneInstruction(),
    ]
}

struct ATripleFaultEndsTheRun: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0x0F, 0x0B,  // ud2: in protected mode, with an interrupt table of no entries
        ]) {
            $0.control.cr0 |= 1
            $0.segments.cs.accessRights = 0xC09B
            $0.segments.cs.limit = .max
            $0.idt.limit = 0
        }
        #expect(try machine.run() == .tripleFault)
    }
}

struct AProcessorThatWasShutDownExecutesWithAnotherState: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0x0F, 0x0B,  // ud2: in protected mode, with an interrupt table of no entries
            0x40, 0xF4,  // in real mode: inc ax; hlt
        ])
        let start = try machine.state()
        var faulting = start
        faulting.control.cr0 |= 1
        faulting.segments.cs.accessRights = 0xC09B
        faulting.segments.cs.limit = .max
        faulting.idt.limit = 0
        try machine.processor.restore(faulting)
        #expect(try machine.run() == .tripleFault)

        var next = start
        next.rip += 2
        try machine.processor.restore(next)

        #expect(try machine.run() == .halt)
        #expect(try machine.state()[.rax] == start[.rax] + 1)
    }
}

struct AKickDoesNotStopBetweenTwoAccessesOfOneInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0xB8, 0x00, 0xB0,  // mov ax, 0xb000
            0x8E, 0xD8,  // mov ds, ax
            0xFE, 0x06, 0x00, 0x00,  // inc byte [0]: where no memory is
            0xF4,  // hlt
        ])
        let address = GuestPhysicalAddress(0xB_0000)
        #expect(try machine.run() == .memoryRead(address, length: 1))
        machine.processor.answer(0x41)

        machine.processor.kicker.kick()

        #expect(try machine.run() == .memoryWrite(address, length: 1, value: 0x42))
        #expect(try machine.run() == .kicked)
        #expect(try machine.run() == .halt)
    }
}

struct CodeThatIsNotInMemoryIsAnEmulationFailure: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0xEA, 0x00, 0x00, 0x00, 0xF0,  // jmp 0xf000:0
        ])
        #expect(try machine.run() == .emulationFailure)
    }
}

struct WhatTheGuestSeesOfCPUIDIsKnown: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0x66, 0xB8, 0x01, 0x00, 0x00, 0x00,  // mov eax, 1
            0x0F, 0xA2,  // cpuid
            0xF4,  // hlt
        ])
        let shown = try #require(machine.processor.cpuid.first { $0.function == 1 })
        #expect(try machine.run() == .halt)
        let state = try machine.state()
        #expect(state[.rax] == UInt64(shown.eax))
        #expect(state[.rcx] == UInt64(shown.ecx))
        #expect(state[.rdx] == UInt64(shown.edx))
    }
}

struct AKickBeforeARunStopsItBeforeAnythingIsExecuted: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x40, 0xF4])  // inc ax; hlt
        machine.processor.kicker.kick()
        #expect(try machine.run() == .kicked)
        #expect(try machine.state()[.rax] == 0)
        #expect(try machine.run() == .halt)
    }
}

struct AKickFromAnotherThreadStopsAGuestThatNeverLeaves: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xEB, 0xFE])  // jmp to itself
        let kicker = machine.processor.kicker
        // A separate queue instead of a task: other tests may keep all shared threads busy.
        DispatchQueue(label: "kick").asyncAfter(deadline: .now() + .milliseconds(5)) { kicker.kick() }
        #expect(try machine.run() == .kicked)
        #expect(try machine.state().rip == UInt64(TinyLayout.start))
    }
}
