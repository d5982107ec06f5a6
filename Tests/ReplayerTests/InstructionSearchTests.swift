import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Testing
import TraceFormat
import X86

@testable import Replayer

/// The first instruction behind which an expression is true is the one that looking behind every instruction finds. Needs no KVM.
@Suite struct InstructionSearchTests {
    @Test(
        arguments: [
            "rip == 0x7c4f", "rip in 0x7c55..0x7c60 && u32[0x7ce5] >= 2", "rip == 0x7c4f && ebx == 3",
            "u32[0x7ce5] == 3", "phys u8[0x7ce9] != 0", "u16[0x7bfa] != 0", "eax == 0x20",
            "ebx == 2 && u32[0x7ce5] == 1",
            "u32[0x7ce5] == ebx && ebx != 0", "u32[rsp] == 0 && u32[0x7ce5] == 1", "rip == 0x7c4f || rip == 0x7c55",
            "!(rip == 0x7c00)", "cs == 0", "0", "rip == 0x1234", "u8[0x7c00] == 0",
            "u32[0x7ce5] / 0 || u32[0x7ce5] > 4",
        ]
    )
    func searchFindsWhatStepsFind(_ text: String) async throws {
        let guest = try #require(TestGuest.included.first { "\($0)" == "racy" })
        let reader = try await RecordingStore.shared.recording(of: guest, on: .soft).reader
        try EngineChoice.soft.perform(Comparison(reader: reader, condition: try Condition(text)))
    }

    @Test(
        arguments: [
            ("rip == 5", [5]), ("5 == rip && rax", [5]), ("rip in 3..5", [3, 4, 5]),
            ("rip == 1 || rip == 2 + 2", [1, 4]),
            ("rip == 1 && rip == 2", []), ("rip == 1 || rax == 2", nil), ("rip in 0..0x10000", nil),
            ("!(rip == 1)", nil),
            ("eip == 1", nil), ("rip != 1", nil), ("rip == rax", nil), ("rip", nil),
        ] as [(String, Set<UInt64>?)]
    )
    func expressionIsPinnedByItsForm(_ text: String, to pins: Set<UInt64>?) throws {
        #expect(try Condition(text).pins == pins)
    }
}

private struct Comparison: EngineTask {
    let reader: TraceReader
    let condition: Condition

    /// How far the guest is stepped.
    private static var mostSteps: Int { 40_000 }

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var search = try InstructionSearch(Timeline<P>(reader), condition)
        let found = try search.first()

        var stepped = try Timeline<P>(reader)
        try stepped.seek(to: Moment(event: reader.header.firstEvent))
        var expected: Moment?
        var last: Moment?
        for _ in 0..<Self.mostSteps {
            last = stepped.moment
            if try stepped.finishAccess(), let moment = stepped.moment {
                var view = try stepped.view()
                if try condition.isTrue(in: &view) {
                    expected = moment
                    break
                }
            }
            guard try stepped.step() != .end else { break }
        }

        // What the search finds beyond the steps cannot be compared.
        let isWithin = found.map { $0.moment <= last ?? $0.moment } ?? true
        #expect(isWithin ? found?.moment == expected : expected == nil)
        #expect(found?.cause?.isExact ?? true)
        if let found, let before = found.before { #expect(before < found.moment) }
    }
}
