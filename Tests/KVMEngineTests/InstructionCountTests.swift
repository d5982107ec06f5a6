import EngineTesting
import TestBasics
import Testing

@testable import Engine
@testable import KVMEngine

@Suite(.needsKVM) struct InstructionCountTests {
    @Test func instructionsAreNotCounted() throws {
        var machine = try TinyMachine<KVMProcessor>([0xF4])
        let count = machine.processor.instructionsRetired

        #expect(count == nil)
        #expect(throws: EngineError.self) { try machine.processor.run(upTo: 1) }
    }
}
