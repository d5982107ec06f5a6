import Engine
import Testing
import X86

extension EngineBehaviours {
    static let nonMaskableInterrupts: [any EngineBehaviour] = [
        ANonMaskableInterruptReachesItsHandler(), ANonMaskableInterruptIsNotTakenInTheHandlerOfOneNorWithOneThatWaits(),
        BlockedAndWaitingNonMaskableInterruptsRoundTrip(),
    ]
}

struct ANonMaskableInterruptReachesItsHandler: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xE6, 0x10, 0xF4])  // out 0x10, al; hlt
        // Vector 2 has a separate handler: out 0x98, al; hlt.
        try machine.write([0x10, 0x70, 0x00, 0x00], at: 4 * 2)
        try machine.write([0xE6, 0x98, 0xF4], at: 0x7010)
        #expect(try machine.run() == .portWrite(Port(0x10), .byte, value: 0))
        try machine.processor.completePendingAccess()
        try machine.processor.injectNonMaskable()
        #expect(try machine.run() == .portWrite(Port(0x98), .byte, value: 0))
        #expect(try machine.state().pending.nmiMasked)
    }
}

struct ANonMaskableInterruptIsNotTakenInTheHandlerOfOneNorWithOneThatWaits: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var free = try TinyMachine<P>([0x90])
        let inHandler = try TinyMachine<P>([0x90]) { $0.pending.nmiMasked = true }
        let waiting = try TinyMachine<P>([0x90]) { $0.pending.nmiPending = true }

        #expect(try free.processor.canTakeNonMaskable())
        #expect(try !inHandler.processor.canTakeNonMaskable())
        #expect(try !waiting.processor.canTakeNonMaskable())
        try free.processor.injectNonMaskable()
        #expect(try !free.processor.canTakeNonMaskable())
    }
}

struct BlockedAndWaitingNonMaskableInterruptsRoundTrip: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var state = SampleStates.real
        state.pending.nmiMasked = true
        state.pending.nmiPending = true
        #expect(try TinyMachine<P>.roundTrip(state).pending == state.pending)
    }
}
