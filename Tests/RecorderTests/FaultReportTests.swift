import Engine
import GuestMemory
import Testing
import TraceFormat
import X86

@testable import Machine
@testable import Recorder

/// What is said of a guest that ended in a fault.
@Suite struct FaultReportTests {
    /// A processor about to execute a UD2 at 0x1000, with 0x1122 on top of its stack at 0x2000.
    private static func processor() throws -> ScriptedProcessor {
        let processor = try ScriptedProcessor(
            [],
            state: { state in
                state.rip = 0x1000
                state[.rsp] = 0x2000
                state[.rax] = 0xABCD
            }
        )
        try processor.memory.write([0x0F, 0x0B], at: GuestPhysicalAddress(0x1000))
        try processor.memory.write([0x22, 0x11], at: GuestPhysicalAddress(0x2000))
        return processor
    }

    private static func report(
        _ outcome: Outcome = .tripleFault,
        symbols: [ProgramSymbol] = [],
        events: [Event] = []
    ) throws -> FaultReport? {
        var processor = try processor()
        let recorded = events.enumerated().map { number, event in
            RecordedEvent(ordinal: EventOrdinal(UInt64(number)), time: 0, rip: 0, event: event)
        }
        var report = try FaultReport(outcome, &processor, symbols: symbols)
        report?.events = recorded
        return report
    }

    @Test func itSaysWhereTheGuestStands() throws {
        let report = try #require(try Self.report())
        let lines = report.description.split(separator: "\n").map(String.init)

        #expect(lines.first == "'ud2' at 0x1000")
        #expect(lines.contains { $0.contains("rax 000000000000abcd") })
        #expect(report.stack.count == 8)
        #expect(report.stack.first.map { "\($0.0) \($0.1)" } == "0x2000 \(0x1122)")
        #expect(lines.contains("  0x2000  1122"))
    }

    @Test(arguments: [
        (UInt64(0xFFF), UInt64(0), " (start+0x1)"), (0x1000, 0, " (start)"), (0xFFF, 1, ""), (0x1001, 0, ""),
    ])
    func itNamesThePlaceThatASymbolReaches(address: UInt64, size: UInt64, place: String) throws {
        let symbol = ProgramSymbol(name: "start", address: GuestVirtualAddress(address), size: size)

        let report = try #require(try Self.report(symbols: [symbol]))

        #expect(report.description.hasPrefix("'ud2' at 0x1000\(place)\n"))
    }

    @Test func itNamesTheRegisterThatWasRefusedLast() throws {
        let report = try #require(
            try Self.report(events: [
                .readMSR(index: 0x10, value: nil), .writeMSR(index: 0x8B, value: 1, faults: true),
                .readMSR(index: 0x20, value: 5), .halt,
            ])
        )
        let lines = report.description.split(separator: "\n")

        #expect(
            lines.dropFirst().first
                == "event 1 gave the guest #GP: WRMSR of 0x8b, which this machine does not have"
        )
        #expect(lines.suffix(5).first == "the last events:")
        #expect(lines.count { $0.contains("which this machine does not have") } == 1)
    }

    @Test func itNamesNoRegisterWhereNoneWasRefused() throws {
        let report = try #require(try Self.report(events: [.readMSR(index: 0x10, value: 1)]))

        #expect(!report.description.contains("which this machine does not have"))
    }

    @Test(arguments: [Outcome.tripleFault, .guestFault("it wrote"), .hostLimit("a limit")])
    func everyFaultHasOne(outcome: Outcome) throws {
        #expect(try Self.report(outcome) != nil)
    }

    @Test(arguments: [Outcome.halted, .exited(code: 1), .reset, .poweredOff, .stopped(.eventLimit)])
    func whatIsNoFaultHasNone(outcome: Outcome) throws {
        #expect(try Self.report(outcome) == nil)
    }
}
