import GuestMemory
import Testing
import X86

@testable import SoftCPU

/// Turns that are made at once must leave what turns leave that are made one by one.
@Suite("Long strings")
struct LongStringTests {
    /// A repeated instruction, and what it begins with.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let code: [UInt8]
        var source: UInt64 = 0x1000
        var destination: UInt64 = 0x4000
        var count: UInt64 = 3000
        var sourceBase: UInt64 = 0x10000
        var destinationBase: UInt64 = 0x20000
        var flags: UInt64 = 2
        var limit: UInt32 = 0xFFFF
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "MOVSB", code: [0xF3, 0xA4]),
        Case(name: "MOVSW to an odd address", code: [0xF3, 0xA5], destination: 0x4001),
        Case(name: "MOVSD from a segment that begins within a page", code: [0x66, 0xF3, 0xA5], sourceBase: 0x10010),
        Case(name: "MOVSB downwards", code: [0xF3, 0xA4], source: 0x2FFF, destination: 0x5FFF, flags: 0x402),
        Case(
            name: "MOVSB one byte upwards over itself",
            code: [0xF3, 0xA4],
            destination: 0x1001,
            destinationBase: 0x10000
        ),
        Case(
            name: "MOVSD three bytes upwards over itself",
            code: [0x66, 0xF3, 0xA5],
            destination: 0x1003,
            destinationBase: 0x10000
        ),
        Case(
            name: "MOVSW downwards over itself",
            code: [0xF3, 0xA5],
            source: 0x1005,
            destination: 0x1000,
            destinationBase: 0x10000
        ),
        Case(name: "MOVSB beyond the last offset", code: [0xF3, 0xA4], source: 0xF800, destination: 0xF900),
        Case(name: "MOVSD beyond the last offset", code: [0x66, 0xF3, 0xA5], source: 0xF802),
        Case(name: "MOVSB beyond the segment", code: [0xF3, 0xA4], source: 0x1800, limit: 0x1FF0),
        Case(name: "MOVSB to its own code", code: [0xF3, 0xA4], destination: 0x7F00, count: 512, destinationBase: 0),
        Case(name: "MOVSB of nothing", code: [0xF3, 0xA4], count: 0),
        Case(name: "STOSB", code: [0xF3, 0xAA]),
        Case(name: "STOSW", code: [0xF3, 0xAB], destinationBase: 0x20FF0),
        Case(name: "STOSD to an odd address", code: [0x66, 0xF3, 0xAB], destination: 0x4003),
        Case(name: "STOSB with addresses of 32 bits", code: [0x67, 0xF3, 0xAA]),
        Case(name: "STOSD downwards", code: [0x66, 0xF3, 0xAB], destination: 0x8000, flags: 0x402),
        Case(name: "STOSB beyond the segment", code: [0xF3, 0xAA], destination: 0x1800, limit: 0x1FF0),
    ]

    private func machine(_ test: Case) throws -> SmallMachine {
        let machine = try SmallMachine()
        // The handlers of #GP and of the rest are at 0:8200h and halt.
        for vector in 0..<32 { try machine.put(0x8200, bytes: 4, at: UInt64(vector * 4)) }
        try machine.put([0xF4], at: 0x8200)
        try machine.startReal(test.code + [0xF4])
        try machine.put((0..<0x10000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }, at: 0x10000)
        var state = machine.processor.state
        state[.rax] = 0x1234_5678_9ABC_DEF0
        state[.rcx] = test.count
        state[.rsi] = test.source
        state[.rdi] = test.destination
        state.rflags = test.flags
        state.segments.ds.base = test.sourceBase
        state.segments.es.base = test.destinationBase
        state.segments.ds.limit = test.limit
        state.segments.es.limit = test.limit
        machine.processor.state = state
        return machine
    }

    @Test("are as those of one element each", arguments: cases)
    func whole(_ test: Case) throws {
        let one = try machine(test)
        let other = try machine(test)

        #expect(one.processor.run(upTo: 100_000) == .halt)
        while other.processor.run(upTo: 1) == .limit {}

        #expect(one.processor.executed == other.processor.executed)
        #expect(one.processor.state.differences(to: other.processor.state).map(\.description) == [])
        let memory = try other.memory.read(at: GuestPhysicalAddress(0), count: 1 << 20)
        #expect(try one.memory.read(at: GuestPhysicalAddress(0), count: 1 << 20) == memory)
        #expect(one.processor.takeDirtyPages() == other.processor.takeDirtyPages())
    }

    @Test("end at any turn", arguments: cases)
    func sliced(_ test: Case) throws {
        let one = try machine(test)
        let other = try machine(test)

        #expect(one.processor.run(upTo: 100_000) == .halt)
        while other.processor.run(upTo: 37) == .limit {}

        #expect(one.processor.executed == other.processor.executed)
        #expect(one.processor.state.differences(to: other.processor.state).map(\.description) == [])
        let memory = try other.memory.read(at: GuestPhysicalAddress(0), count: 1 << 20)
        #expect(try one.memory.read(at: GuestPhysicalAddress(0), count: 1 << 20) == memory)
    }

    @Test("end in front of a turn whose store is watched")
    func watched() throws {
        let machine = try machine(Self.cases[0])
        machine.processor.watches = [.init(address: GuestPhysicalAddress(0x24400), count: 1)]

        #expect(machine.processor.run(upTo: 100_000) == .watched(GuestPhysicalAddress(0x24400)))

        #expect(machine.processor.executed == 0x401)
        #expect(machine.processor.state[.rcx] == 3000 - 0x401)
    }
}
