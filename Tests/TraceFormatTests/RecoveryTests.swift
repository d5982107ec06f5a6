import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

@Suite struct RecoveryTests {
    /// What a recorder leaves behind that is killed is what is in its file at that moment.
    @Test func atAnyMomentTheFileIsReadableAndHoldsABeginningOfTheRun() throws {
        let directory = try TemporaryDirectory()
        var memory = SampleMemory(seed: 8, pages: 6)
        var writer = try TraceWriter(
            path: directory.file("a"),
            header: .sample,
            options: .init(flushInterval: .milliseconds(1))
        )
        var generator = SeededGenerator(seed: 9)
        var counts: [UInt64] = []
        for round in 0..<200 {
            if round % 5 == 0 { writer.append(keyframe: round / 5, of: &memory) }
            for _ in 0..<Int.random(in: 0..<200, using: &generator) {
                writer.append(.random(using: &generator), time: UInt32(round))
            }
            try? FileManager.default.removeItem(atPath: directory.file("copy").string)
            try FileManager.default.copyItem(
                atPath: directory.file("a.part").string,
                toPath: directory.file("copy").string
            )
            let reader = try TraceReader(path: directory.file("copy"))
            try reader.check()
            counts.append(reader.eventCount)
        }
        try writer.finish(.halted, time: 0)
        #expect(counts == counts.sorted() && counts[199] > 0)
        let whole = TraceContents(directory.file("a"))
        #expect(TraceContents(directory.file("copy")).isHonestPart(of: whole))
    }

    @Test(.lastResort)
    func anEventIsInTheFileSoonThoughNothingFollows() throws {
        let directory = try TemporaryDirectory()
        var writer = try TraceWriter(path: directory.file("a"), header: .sample)
        writer.append(.halt, rip: 1, time: 0)
        var reader = try TraceReader(path: directory.file("a.part"))
        while reader.eventCount == 0 { reader = try reader.refreshed() }
        #expect(try reader.event(at: EventOrdinal(0)).event == .halt)
        writer.abandon()
    }

    @Test(.lastResort)
    func aReaderFollowsATraceThatIsBeingWritten() throws {
        let directory = try TemporaryDirectory()
        var memory = SampleMemory(seed: 8, pages: 6)
        var writer = try TraceWriter(
            path: directory.file("a"),
            header: .sample,
            options: .init(flushInterval: .milliseconds(1))
        )
        var reader = try TraceReader(path: directory.file("a.part"))
        var seen: [Event] = []
        for round in 0..<20 {
            writer.append(keyframe: round, of: &memory)
            writer.append(.interrupt(vector: UInt8(round)), time: 0)
            while reader.eventCount < UInt64(2 * round + 2) { reader = try reader.refreshed() }
            var cursor = reader.events(from: EventOrdinal(UInt64(2 * round)))
            while let event = try cursor.next() { seen.append(event.event) }
            #expect(reader.keyframeCount == round + 1)
        }
        try writer.finish(.halted, time: 0)
        reader = try reader.refreshed()
        #expect(reader.isComplete && reader.outcome == .halted)
        #expect(seen + [.end(.halted)] == TraceContents(directory.file("a")).events.map(\.event))
    }

    @Test func aFileThatShrinksUnderItsReaderIsAnError() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))
        try FileHandle(forUpdating: URL(filePath: directory.file("a").string)).truncate(atOffset: 300)
        #expect(throws: TraceError.self) { try reader.check() }
        var cursor = reader.events()
        #expect(throws: TraceError.self) { try cursor.next() }
    }

    @Test func aCopyOfACutOffTraceIsWhole() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("a"))
        let whole = try TraceReader(path: directory.file("a"))
        let handle = try FileHandle(forUpdating: URL(filePath: directory.file("a").string))
        try handle.truncate(atOffset: whole.byteCount * 2 / 3)
        let part = try TraceReader(path: directory.file("a"))
        #expect(part.eventCount > whole.eventCount / 3 && part.keyframeCount > 2)
        try part.copy(to: directory.file("b"))
        let recovered = try TraceReader(path: directory.file("b"))
        #expect(recovered.isComplete && recovered.outcome == nil)
        #expect(recovered.eventCount == part.eventCount && recovered.keyframeCount == part.keyframeCount)
        try recovered.check()
    }
}
