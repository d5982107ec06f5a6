import Engine
import Testing
import X86

extension EngineBehaviours {
    static let stateRoundTrips: [any EngineBehaviour] = [
        AStateOfEachModeRoundTrips(), TheResetStateRoundTrips(), AnInterruptOnItsWayRoundTrips(),
        AnExceptionOnItsWayRoundTrips(), NothingOfAnOlderStateIsLeft(), AStateThatNoProcessorHasIsAnError(),
        WhatAProcessorKeepsItHolds(), TheExecutionStateIsThatOfTheState(),
    ]
}

struct AStateOfEachModeRoundTrips: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for (mode, state) in SampleStates.all {
            let read = try TinyMachine<P>.roundTrip(state)
            #expect(state.differences(to: read).isEmpty, "\(mode): \(state.differences(to: read))")
            #expect(read == state, "\(mode)")
        }
    }
}

struct TheResetStateRoundTrips: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        let state = ProcessorState.reset(signature: 0x106A3)
        #expect(try TinyMachine<P>.roundTrip(state) == state)
    }
}

struct AnInterruptOnItsWayRoundTrips: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var state = SampleStates.real
        state.rflags |= 0x200
        state.pending.interrupt = .init(vector: 0x42)
        #expect(try TinyMachine<P>.roundTrip(state).pending == state.pending)
    }
}

struct AnExceptionOnItsWayRoundTrips: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var state = SampleStates.protected32
        state.pending.exception = .init(vector: 13, errorCode: 0x18)
        #expect(try TinyMachine<P>.roundTrip(state).pending == state.pending)
    }
}

struct NothingOfAnOlderStateIsLeft: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([])
        try machine.processor.restore(SampleStates.long(ring: 3))
        let reset = ProcessorState.reset(signature: 0)
        try machine.processor.restore(reset)
        var read = try machine.processor.state()
        read.modelSpecific = [:]
        #expect(reset.differences(to: read).isEmpty, "\(reset.differences(to: read))")
        #expect(read == reset)
    }
}

struct AStateThatNoProcessorHasIsAnError: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([])
        var state = SampleStates.real
        state.extended.components[62] = [1]
        #expect(throws: EngineError.self) { try machine.processor.restore(state) }
    }
}

/// A processor's answer to which states it can hold agrees with these states.
struct WhatAProcessorKeepsItHolds: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([])
        let held = try machine.state().modelSpecific.keys.sorted()
        let lacking = held.filter { !machine.processor.keeps(modelSpecific: $0) }
        let components = machine.processor.supportedComponents
        #expect(held == SavedRegisters.candidates.filter(held.contains).sorted())
        #expect(lacking.isEmpty)
        // x87 and SSE, which the states of these checks use.
        #expect(components & 3 == 3)
    }
}

struct TheExecutionStateIsThatOfTheState: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        for (mode, sample) in SampleStates.all {
            var machine = try TinyMachine<P>([])
            try machine.processor.restore(sample)
            let partial = try machine.processor.executionState()
            var whole = try machine.processor.state()
            (whole.extended, whole.modelSpecific) = (partial.extended, partial.modelSpecific)
            whole.control.xcr0 = partial.control.xcr0
            #expect(whole.differences(to: partial).isEmpty, "\(mode): \(whole.differences(to: partial))")
        }
    }
}
