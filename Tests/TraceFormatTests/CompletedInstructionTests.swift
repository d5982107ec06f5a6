import ByteCoding
import Foundation
import SystemPackage
import Testing

@testable import TraceFormat

/// What a trace's end says was completed for the host that recorded.
@Suite struct CompletedInstructionTests {
    /// An end behind whose outcome, a halt, these bytes stand.
    private static func decode(_ bytes: [UInt8]) throws -> EndRecord {
        let end: [UInt8] = [1] + bytes
        return try EndRecord(decoding: end.rawSpan)
    }

    private static func most() -> [String: UInt64] {
        let names = (0..<Limits.completedInstructions).map { index in
            String(repeating: "z", count: Limits.completedNameBytes - 3) + String(1000 + index).dropFirst()
        }
        return Dictionary(uniqueKeysWithValues: names.map { ($0, .max) })
    }

    @Test(arguments: [[:], ["fwait": 1], SampleTrace.completedInstructions, most()])
    func countsComeBackWithTheirOutcome(completedInstructions: [String: UInt64]) throws {
        let directory = try TemporaryDirectory()
        let writer = try TraceWriter(path: directory.file("a"), header: .sample)

        try writer.finish(.guestFault("why"), completedInstructions: completedInstructions, time: 3)

        let reader = try TraceReader(path: directory.file("a"))
        #expect(reader.isComplete && reader.outcome == .guestFault("why"))
        #expect(reader.completedInstructions == completedInstructions)
        #expect(try reader.event(at: EventOrdinal(0)).event == .end(.guestFault("why")))
        #expect(try TraceInfo(reader).completedInstructions == completedInstructions)
        #expect(throws: Never.self) { try reader.check() }
    }

    @Test func anEndWithoutCountsIsTheOutcomeAlone() {
        #expect(EndRecord(outcome: .exited(code: 7)).encoded == [0, 7, 0, 0, 0])
        #expect(
            EndRecord(outcome: .halted, completedInstructions: ["int": 300, "clac": 1]).encoded.count == 1 + 1 + 6 + 6
        )
    }

    @Test func aTraceOfVersion1HasNone() throws {
        let golden = try #require(IndependentReader.goldenTraces.first { $0.hasSuffix("/hello.rrvm") })

        let reader = try TraceReader(path: FilePath(golden))

        #expect(try TraceInfo(reader).formatVersion == 1)
        #expect(reader.isComplete && reader.outcome == .exited(code: 0) && reader.completedInstructions.isEmpty)
    }

    @Test(
        arguments: [
            // No kinds, which is not said; more than there may be; more than there are.
            [0],
            [0x81, 2] + [UInt8](repeating: 1, count: 1000),
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
            [2, 1, 0x61, 1],
            // A name that is empty, too long, in capitals, no UTF-8, or cut off.
            [1, 0, 1],
            [1, 33] + [UInt8](repeating: 0x61, count: 33) + [1],
            [1, 1, 0x41, 1],
            [1, 1, 0xFF, 1],
            [1, 3, 0x61],
            // A count that is 0, too large, or missing.
            [1, 1, 0x61, 0],
            [1, 1, 0x61] + [UInt8](repeating: 0xFF, count: 10),
            [1, 1, 0x61],
            // The same name twice, names that descend, and bytes left over.
            [2, 1, 0x61, 1, 1, 0x61, 1],
            [2, 1, 0x62, 1, 1, 0x61, 1],
            [1, 1, 0x61, 1, 0, 0],
        ] as [[UInt8]]
    )
    func countsThatNoWriterMakesAreRefused(bytes: [UInt8]) {
        #expect(throws: ByteCodingError.self) { try Self.decode(bytes) }
    }

    @Test func everyTruncationIsRefusedOrTheOutcomeAlone() {
        let whole = EndRecord(outcome: .halted, completedInstructions: SampleTrace.completedInstructions).encoded
            .dropFirst()
        let parts = (1..<whole.count).map { Array(whole.prefix($0)) }

        #expect(parts.allSatisfy { (try? Self.decode($0)) == nil })
        #expect((try? Self.decode([]))?.completedInstructions == [:])
        #expect((try? Self.decode(Array(whole)))?.completedInstructions == SampleTrace.completedInstructions)
    }

    @Test func refusedCountsAreAFaultOfTheTrace() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let bytes: [UInt8] = [1, 1, 1, 0x61, 0]
        var encoder = EventChunkEncoder()
        let end = EventRecord(.end(.halted), rip: 0, time: 0, payload: bytes.count)
        try forged.add(.events, encoder.encode([end], payload: bytes), count: 1)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        #expect(reader.outcome == nil && reader.completedInstructions.isEmpty)
        let fault = try #require(reader.fault)
        #expect(throws: fault) { try reader.check() }
    }

    @Test func copiesThatReachTheEndKeepThem() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("a"))
        let whole = try TraceReader(path: directory.file("a"))
        let last = EventOrdinal(whole.events.upperBound.rawValue - 1)
        let tail = try whole.keyframeEntry(2).event

        try whole.copy(to: directory.file("b"), options: TraceCopyOptions(packsTightly: true))
        try whole.copy(to: directory.file("c"), options: TraceCopyOptions(events: tail...last))
        try whole.copy(to: directory.file("d"), options: TraceCopyOptions(events: EventOrdinal(0)...tail))

        #expect(try TraceReader(path: directory.file("b")).completedInstructions == SampleTrace.completedInstructions)
        #expect(try TraceReader(path: directory.file("c")).completedInstructions == SampleTrace.completedInstructions)
        #expect(try TraceReader(path: directory.file("d")).completedInstructions.isEmpty)
    }
}
