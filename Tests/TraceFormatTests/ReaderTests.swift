import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

@Suite struct ReaderTests {
    @Test func everyEventCanBeReachedInAnyOrder() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))
        let all = TraceContents(directory.file("a")).events
        var cursor = reader.events()
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<500 {
            let index = Int.random(in: all.indices, using: &generator)
            cursor.seek(to: EventOrdinal(UInt64(index)))
            #expect(try cursor.next() == all[index])
            #expect(cursor.position == EventOrdinal(UInt64(index) + 1))
            #expect(try reader.event(at: EventOrdinal(UInt64(index))) == all[index])
        }
        let last = EventOrdinal(UInt64(all.count))
        #expect(throws: TraceError.noSuchEvent(last, first: EventOrdinal(0), count: UInt64(all.count))) {
            try reader.event(at: last)
        }
        #expect(throws: TraceError.noSuchKeyframe(12, count: 12)) { try reader.keyframe(12) }
    }

    @Test func aTraceOfManyChunksHasAnIndexOfMoreThanOnePiece() throws {
        let directory = try TemporaryDirectory()
        let sink = MemorySink()
        var assembler = try TraceAssembler(sink: sink, header: .sample, symbols: [], synchronizesEveryChunk: false)
        for _ in 0..<2500 {
            try assembler.append(EventRecord(.halt, rip: 1, time: 0, payload: 0), RawSpan())
            try assembler.flush()
        }
        try assembler.finish()
        try sink.save(to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))
        #expect(reader.isComplete && reader.eventCount == 2500)
        #expect(try reader.event(at: EventOrdinal(2047)).ordinal == EventOrdinal(2047))
        try reader.check()
    }

    @Test func anOrdinalOfAStretchCutOutOfARecordingIsTheRecordings() throws {
        let directory = try TemporaryDirectory()
        var header = TraceHeader.sample
        header.firstEvent = EventOrdinal(1_000_000)
        var writer = try TraceWriter(path: directory.file("a"), header: header)
        #expect(writer.append(.halt, rip: 1, time: 0) == EventOrdinal(1_000_000))
        try writer.finish(.halted, time: 0)
        let reader = try TraceReader(path: directory.file("a"))
        #expect(reader.events == EventOrdinal(1_000_000)..<EventOrdinal(1_000_002))
        #expect(try reader.event(at: EventOrdinal(1_000_000)).event == .halt)
        try reader.check()
    }

    @Test func symbolsComeBackFromSeveralChunks() throws {
        let directory = try TemporaryDirectory()
        let symbols = (0..<3000).map { number in
            GuestSymbol(
                name: String(repeating: "s", count: 1000) + "\(number)",
                address: GuestVirtualAddress(UInt64(number)),
                size: UInt64(number)
            )
        }
        let writer = try TraceWriter(path: directory.file("a"), header: .sample, symbols: symbols)
        try writer.finish(.halted, time: 0)
        #expect(try TraceReader(path: directory.file("a")).symbols() == symbols)
    }

    @Test func whatIsNoTraceIsToldFromATraceOfAnotherVersion() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("a"))
        let file = try SpoiledFile(copying: directory.file("a"), to: directory.file("other"))
        try file.flip([(offset: 8, mask: 4)])
        let other = TraceError.otherVersion(path: directory.file("other"), found: 7, supported: 1...3)
        #expect(throws: other) { try TraceReader(path: directory.file("other")) }
        for (name, content) in [
            ("empty", ""), ("text", "once upon a time, there was a very long text"), ("short", "RR"),
        ] {
            let path = directory.file(name)
            try Data(content.utf8).write(to: URL(filePath: path.string))
            #expect(throws: TraceError.notATrace(path: path)) { try TraceReader(path: path) }
        }
        #expect(throws: TraceError.notAFile(path: "/dev/null")) { try TraceReader(path: "/dev/null") }
        let directoryError = TraceError.io(operation: "read", path: directory.path, errno: .isDirectory)
        #expect(throws: directoryError) { try TraceReader(path: directory.path) }
        let missing = TraceError.io(operation: "open", path: "/nonexistent", errno: .noSuchFileOrDirectory)
        #expect(throws: missing) { try TraceReader(path: "/nonexistent") }
    }

    @Test func aCopyWithOneValueChangedDiffersInThatEventOnly() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("a"))
        let original = TraceContents(directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))
        try reader.copy(to: directory.file("same"))
        #expect(TraceContents(directory.file("same")) == original)
        let place = EventOrdinal(3)
        let changed = Event.portRead(PortAccess(port: Port(1), size: .byte, value: 7))
        try reader.copy(to: directory.file("b")) { event in
            event.ordinal == place ? RecordedEvent(ordinal: place, time: 5, rip: 9, event: changed) : event
        }
        let copy = TraceContents(directory.file("b"))
        try TraceReader(path: directory.file("b")).check()
        let differences = original.events.indices.filter { original.events[$0] != copy.events[$0] }
        #expect(differences == [3])
        #expect(copy.events[3] == RecordedEvent(ordinal: place, time: 5, rip: 9, event: changed))
        #expect(copy.keyframes == original.keyframes)
    }

    @Test(arguments: [("0", 0, 0), ("12", 12, 0), ("12+7", 12, 7), ("18446744073709551615+1", UInt64.max, 1)])
    func momentsArePrintedAndParsed(text: String, event: UInt64, instructions: UInt64) {
        let moment = Moment(event: EventOrdinal(event), instructions: instructions)
        #expect(moment.description == text)
        #expect(Moment(text) == moment)
    }

    @Test(arguments: ["", "+", "1+", "+1", "-1", "1+-1", " 1", "1+2+3", "0x1", "18446744073709551616"])
    func whatIsNoMomentIsNotParsed(text: String) {
        #expect(Moment(text) == nil)
    }
}
