import Engine
import Testing
import X86

/// The rules of docs/determinism.md for the form of a state, whichever engine gives it.
extension EngineBehaviours {
    static let canonicalStates: [any EngineBehaviour] = [
        APendingFaultIsInjectedInFrontOfItsInstruction(), TheProcessorRunsBehindHalt(),
    ]
}

struct APendingFaultIsInjectedInFrontOfItsInstruction: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0x0F, 0x32, 0xF4]) { $0[.rcx] = 0x10 }  // rdmsr; hlt
        _ = try machine.run()
        machine.processor.refuse()

        let state = try machine.state()

        #expect(state.pending.exception == .init(vector: 13, errorCode: 0, injected: true, payload: nil))
        #expect(state.rip == UInt64(TinyLayout.start))
    }
}

struct TheProcessorRunsBehindHalt: EngineBehaviour {
    func check<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var machine = try TinyMachine<P>([0xF4])
        #expect(try machine.run() == .halt)

        let state = try machine.state()

        #expect(state.activity == .running)
        #expect(state.rip == UInt64(TinyLayout.start) + 1)
    }
}
