import Engine
import Testing
import X86

extension EngineBehaviours {
    static let interrupts: [any EngineBehaviour] = [
        AnInjectedInterruptReachesItsHandler(), WithInterruptsOffNoneCanBeTaken(), TheWindowThatWasAskedForComes(),
        AnInterruptThatWasInjectedIsPartOfTheState(),
    ]
}

struct AnInjectedInterruptReachesItsHandler: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0xFB,  // sti
            0x90,  // nop
            0xE6, 0x10,  // out 0x10, al
            0xF4,  // hlt
        ])
        // Vector 0x20 has a separate handler: out 0x98, al; hlt.
        try machine.write([0x10, 0x70, 0x00, 0x00], at: 4 * 0x20)
        try machine.write([0xE6, 0x98, 0xF4], at: 0x7010)
        #expect(try machine.run() == .portWrite(Port(0x10), .byte, value: 0))
        try machine.processor.completePendingAccess()
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
        try machine.processor.inject(vector: 0x20)
        #expect(try machine.run() == .portWrite(Port(0x98), .byte, value: 0))
        // It returns to the instruction after the OUT.
        #expect(try machine.read(at: TinyLayout.stack - 6, 2) == [0x04, 0x10])
    }
}

struct WithInterruptsOffNoneCanBeTaken: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xE6, 0x10, 0xF4])  // out 0x10, al; hlt
        _ = try machine.run()
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(!canTakeInterrupt)
        let interruptFlag = machine.interruptFlag
        #expect(!interruptFlag)
    }
}

struct TheWindowThatWasAskedForComes: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([
            0xFB,  // sti
            0x90,  // nop
            0xEB, 0xFE,  // jmp to itself
        ])
        machine.processor.requestInterruptWindow(true)
        #expect(try machine.run() == .interruptWindow)
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
    }
}

struct AnInterruptThatWasInjectedIsPartOfTheState: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let code: [UInt8] = [0xFB, 0x90, 0xE6, 0x10, 0xF4]  // sti; nop; out 0x10, al; hlt
        var machine = try TinyMachine<P>(code)
        _ = try machine.run()
        try machine.processor.completePendingAccess()
        try machine.processor.inject(vector: 0x21)
        let state = try machine.processor.state()
        #expect(state.pending.interrupt == .init(vector: 0x21))
        var other = try TinyMachine<P>(code)
        try other.processor.restore(state)
        #expect(try other.run() == .portWrite(TinyLayout.handlerPort, .byte, value: 0))
    }
}
