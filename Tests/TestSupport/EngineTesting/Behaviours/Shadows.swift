import Engine
import Testing
import X86

extension EngineBehaviours {
    static let shadows: [any EngineBehaviour] = [
        AShadowRoundTrips(), BehindAnEnablingInstructionNoInterruptIsTaken(), AShadowEndsBehindTheNextInstruction(),
    ]
}

struct AShadowRoundTrips: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var state = SampleStates.real
        state.pending.interruptShadow = .enabledInterrupts
        #expect(try TinyMachine<P>.roundTrip(state).pending == state.pending)
    }
}

struct BehindAnEnablingInstructionNoInterruptIsTaken: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let states: [(ProcessorState.PendingEvents.InterruptShadow, Bool)] = [([], true), (.enabledInterrupts, false)]
        for (shadow, isReady) in states {
            let machine = try TinyMachine<P>([0x90, 0xF4]) {  // nop; hlt
                $0.rflags |= 1 << 9  // IF
                $0.pending.interruptShadow = shadow
            }
            let canTakeInterrupt = machine.canTakeInterrupt
            #expect(canTakeInterrupt == isReady)
            let interruptFlag = machine.interruptFlag
            #expect(interruptFlag)
        }
    }
}

struct AShadowEndsBehindTheNextInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x40, 0xEB, 0xFE]) {  // inc ax; jmp to itself
            $0.rflags |= 1 << 9  // IF
            $0.pending.interruptShadow = .enabledInterrupts
        }
        machine.processor.requestInterruptWindow(true)
        #expect(try machine.run() == .interruptWindow)
        let canTakeInterrupt = machine.canTakeInterrupt
        #expect(canTakeInterrupt)
        let state = try machine.state()
        #expect(state[.rax] == 1)
        #expect(state.pending.interruptShadow == [])
    }
}
