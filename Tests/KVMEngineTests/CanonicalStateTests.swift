import TestBasics
import Testing
import X86

@testable import Engine
@testable import KVMEngine

/// The rules of docs/determinism.md for what one state looks like, whatever engine gives it.
@Suite(.needsKVM) struct CanonicalStateTests {
    @Test func aPendingFaultIsInjectedInFrontOfItsInstruction() throws {
        var machine = try TinyMachine([0x0F, 0x32, 0xF4]) { $0[.rcx] = 0x10 }  // rdmsr; hlt
        _ = try machine.run()
        machine.processor.refuse()

        let state = try machine.state()

        #expect(state.pending.exception == .init(vector: 13, errorCode: 0, injected: true, payload: nil))
        #expect(state.rip == UInt64(TinyMachine.start))
    }

    @Test func theProcessorRunsBehindHalt() throws {
        var machine = try TinyMachine([0xF4])
        #expect(try machine.run() == .halt)

        let state = try machine.state()

        #expect(state.activity == .running)
        #expect(state.rip == UInt64(TinyMachine.start) + 1)
    }

    @Test func instructionsAreNotCounted() throws {
        var machine = try TinyMachine([0xF4])
        let count = machine.processor.instructionsRetired

        #expect(count == nil)
        #expect(throws: EngineError.self) { try machine.processor.run(upTo: 1) }
    }
}
