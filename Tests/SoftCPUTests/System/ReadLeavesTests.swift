import Testing
import X86

@testable import SoftCPU

@Suite("Leaves of CPUID that code reads")
struct ReadLeavesTests {
    private func machine(_ code: [UInt8], _ level: LongMachine.Level = .kernel) throws -> LongMachine {
        var configuration = SoftConfiguration()
        configuration.cpuid = [
            CPUIDEntry(function: 0, eax: 1), CPUIDEntry(function: 1, eax: 5),
            CPUIDEntry(function: 7, isIndexed: true, ebx: 9),
        ]
        let machine = try LongMachine(configuration: configuration)
        try machine.start(code, level)
        return machine
    }

    /// MOV EAX, leaf; CPUID.
    private func reading(_ leaf: UInt8) -> [UInt8] { [0xB8, leaf, 0, 0, 0, 0x0F, 0xA2] }

    @Test("are none before it executes CPUID")
    func none() throws {
        let machine = try machine([0x90, 0x90])

        _ = machine.processor.run(upTo: 2)

        #expect(machine.processor.readLeaves == [])
    }

    @Test("are noted at every privilege", arguments: [LongMachine.Level.kernel, .user])
    func noted(_ level: LongMachine.Level) throws {
        let machine = try machine(reading(7) + reading(0), level)

        #expect(machine.processor.run(upTo: 4) == .limit)

        #expect(machine.processor.readLeaves == [0, 7])
        #expect(machine.processor.state[.rax] == 1)
    }

    @Test("include the one that answers for a leaf beyond the last")
    func substitute() throws {
        let machine = try machine(reading(0x20))

        _ = machine.processor.run(upTo: 2)

        #expect(machine.processor.readLeaves == [0x20, 1])
    }

    @Test("are not known if they are too many")
    func tooMany() throws {
        // MOV EAX, ESI; CPUID; INC ESI; JMP back.
        let machine = try machine([0x89, 0xF0, 0x0F, 0xA2, 0xFF, 0xC6, 0xEB, 0xF8])

        _ = machine.processor.run(upTo: 4 * 100)
        #expect(machine.processor.readLeaves?.count == 100)

        _ = machine.processor.run(upTo: 4 * 300)
        #expect(machine.processor.readLeaves == nil)
    }
}
