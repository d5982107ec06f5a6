import Testing
import X86

@testable import SoftCPU

/// Stops that end a run only where the registers are certain ones, against stops that end it always.
@Suite("Stops with certain registers of the software processor")
struct SoughtRegistersTests {
    /// A loop, and where in it to stop.
    struct Loop: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var code: [UInt8]
        var stop: UInt64
    }

    private static let loops = [
        // inc ax; add bx, 3; jmp to the start
        Loop(testDescription: "at a loop's start", code: [0x40, 0x83, 0xC3, 3, 0xEB, 0xFA], stop: 0),
        Loop(testDescription: "within a loop", code: [0x40, 0x83, 0xC3, 3, 0xEB, 0xFA], stop: 1),
        Loop(testDescription: "at its branch", code: [0x40, 0x83, 0xC3, 3, 0xEB, 0xFA], stop: 4),
        // mov cx, 7; rep stosb; inc bx; jmp to the start
        Loop(testDescription: "between turns", code: [0xB9, 7, 0, 0xF3, 0xAA, 0x43, 0xEB, 0xF8], stop: 3),
        // inc byte [8005h]; mov al, 0, which changes; add bx, ax; jmp to the start
        Loop(
            testDescription: "in code that changes itself",
            code: [0xFE, 0x06, 0x05, 0x80, 0xB0, 0, 0x01, 0xC3, 0xEB, 0xF6],
            stop: 4
        ),
        // inc bx; 50 times: jmp to the next; dec cx; jmp to the start: more blocks than one
        Loop(
            testDescription: "among many blocks",
            code: [0x43] + [UInt8]((0..<100).map { $0 % 2 == 0 ? 0xEB : 0 }) + [0x49, 0xEB, 0x98],
            stop: 51
        ),
    ]

    private static func machine(_ loop: Loop) throws -> SmallMachine {
        let machine = try SmallMachine()
        try machine.startReal(loop.code)
        return machine
    }

    private static func registers(_ machine: SmallMachine) -> [UInt64] {
        let state = machine.processor.state
        return state.general + [state.rip, state.rflags]
    }

    @Test("the run ends where all stops would have shown these registers first", arguments: loops)
    func endsThere(loop: Loop) throws {
        let address = GuestVirtualAddress(SmallMachine.code + loop.stop)
        let oracle = try Self.machine(loop)
        oracle.processor.stops = [address]
        var visits: [(registers: [UInt64], executed: UInt64)] = []
        for _ in 0..<200 {
            #expect(oracle.processor.run(upTo: 10_000) == .stopped)
            visits.append((Self.registers(oracle), oracle.processor.executed))
        }

        for wanted in [0, 1, 5, 57, 199] {
            let machine = try Self.machine(loop)
            machine.processor.soughtRegisters = visits[wanted].registers
            machine.processor.stops = [address]
            let first = try #require(visits.first { $0.registers == visits[wanted].registers })

            #expect(machine.processor.run(upTo: 100_000) == .stopped)
            #expect(machine.processor.executed == first.executed)
            #expect(Self.registers(machine) == first.registers)
        }
    }

    /// A repeated instruction that is stopped at has a moment more, behind its last turn.
    @Test(
        "a run of so many instructions ends behind them",
        arguments: loops.filter { $0.testDescription != "between turns" }
    )
    func counts(loop: Loop) throws {
        for count in 1...40 {
            let (plain, machine) = (try Self.machine(loop), try Self.machine(loop))
            machine.processor.soughtRegisters = [UInt64](repeating: 0xDEAD, count: 18)
            machine.processor.stops = [GuestVirtualAddress(SmallMachine.code + loop.stop)]

            #expect(plain.processor.run(upTo: count) == .limit)
            #expect(machine.processor.run(upTo: count) == .limit)
            #expect(machine.processor.executed == UInt64(count))
            #expect(Self.registers(machine) == Self.registers(plain))
        }
    }

    @Test("the address may be sought with other registers, with any, or no longer")
    func changes() throws {
        let loop = Self.loops[1]
        let address = GuestVirtualAddress(SmallMachine.code + loop.stop)
        let machine = try Self.machine(loop)
        machine.processor.stops = [address]
        #expect(machine.processor.run(upTo: 1000) == .stopped)
        machine.processor.soughtRegisters = [UInt64](repeating: 0xDEAD, count: 18)
        #expect(machine.processor.run(upTo: 300) == .limit)
        machine.processor.soughtRegisters = nil

        #expect(machine.processor.run(upTo: 1000) == .stopped)
        #expect(machine.processor.state.rip == address.rawValue)
        machine.processor.stops = []
        #expect(machine.processor.run(upTo: 1000) == .limit)
    }

    /// Whether the guest had it before, or has it since a run.
    @Test("a breakpoint of the guest at the same address is raised", arguments: [true, false])
    func guestBreakpoint(isFirst: Bool) throws {
        let loop = Self.loops[1]
        let machine = try Self.machine(loop)
        try machine.put(0x8100, bytes: 4, at: 4)
        try machine.put([0xF4], at: 0x8100)
        let address = SmallMachine.code + loop.stop
        if !isFirst { seek(machine, address) }
        #expect(machine.processor.run(upTo: 30) == .limit)
        var state = machine.processor.state
        state.debug.address[0] = address
        state.debug.control = 0x401
        machine.processor.state = state
        if isFirst { seek(machine, address) }

        #expect(machine.processor.run(upTo: 1000) == .halt)
        #expect(try machine.number(at: machine.processor.state[.rsp], bytes: 2) == address)
    }

    private func seek(_ machine: SmallMachine, _ address: UInt64) {
        machine.processor.soughtRegisters = [UInt64](repeating: 0xDEAD, count: 18)
        machine.processor.stops = [GuestVirtualAddress(address)]
    }
}
