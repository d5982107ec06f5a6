import SystemPackage
import Testing

@testable import TraceFormat

@Suite struct CorruptionTests {
    @Test func everySingleFlippedByteIsFoundOrHarmless() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("whole"))
        let whole = TraceContents(directory.file("whole"))
        #expect(whole.failure == nil && whole.isComplete && whole.keyframes.count == 3)
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        for offset in file.bytes.indices {
            let change = [(offset: offset, mask: UInt8(1) << UInt8(offset % 8))]
            try file.flip(change)
            #expect(TraceContents(file.path).isHonestPart(of: whole), "byte \(offset)")
            try file.restore(change)
        }
        #expect(TraceContents(file.path) == whole)
    }

    @Test func tenThousandRandomCorruptionsAreFoundOrHarmless() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("whole"))
        let whole = TraceContents(directory.file("whole"))
        #expect(whole.failure == nil && whole.isComplete)
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        var generator = SeededGenerator(seed: 6)
        for round in 0..<10_000 {
            let count = Int.random(in: 1...16, using: &generator)
            let changes = (0..<count).map { _ in
                (
                    offset: Int.random(in: file.bytes.indices, using: &generator),
                    mask: UInt8.random(in: 1...255, using: &generator)
                )
            }
            try file.flip(changes)
            #expect(TraceContents(file.path).isHonestPart(of: whole), "round \(round)")
            try file.restore(changes)
        }
    }

    @Test func aTraceCutOffAtAnyLengthIsReadUpToItsLastWholeChunk() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("whole"))
        let whole = TraceContents(directory.file("whole"))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("cut"))
        var events = whole.events.count
        var lengthsWithEvents = 0
        for length in file.bytes.indices.reversed() {
            try file.truncate(to: length)
            let part = TraceContents(file.path)
            #expect(!part.isComplete && part.isHonestPart(of: whole), "\(length) bytes")
            // Whatever is whole is read: an error comes only where not even header and symbols are left.
            #expect(part.failure == nil || part.symbols.isEmpty, "\(length) bytes")
            #expect(part.events.count <= events)
            events = part.events.count
            lengthsWithEvents += events > 0 ? 1 : 0
        }
        #expect(events == 0)
        // The first event chunk stands behind header, symbols and the first keyframe.
        #expect(lengthsWithEvents > file.bytes.count / 3)
    }

    @Test func aFlippedByteIsReportedWithTheChunkAndItsPosition() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("whole"))
        let chunk = try TraceReader(path: directory.file("whole")).index.eventChunk(with: EventOrdinal(0)).position
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        try file.flip([(offset: Int(chunk) + ChunkHeader.byteCount + 5, mask: 1)])
        var cursor = try TraceReader(path: file.path).events()
        #expect(throws: TraceError.corrupt(chunk: "event chunk", offset: chunk, why: "its checksum does not match")) {
            try cursor.next()
        }
    }

    @Test func aCursorThatMeetsABadChunkStaysThereAndCanGoElsewhere() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("whole"))
        let whole = TraceContents(directory.file("whole")).events
        let bad = try TraceReader(path: directory.file("whole")).index.eventChunk(with: EventOrdinal(30))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        try file.flip([(offset: Int(bad.position) + ChunkHeader.byteCount, mask: 1)])
        var cursor = try TraceReader(path: file.path).events()
        while cursor.position < bad.firstEvent { _ = try cursor.next() }
        for _ in 0..<3 {
            #expect(throws: TraceError.self) { try cursor.next() }
            #expect(cursor.position == bad.firstEvent)
        }
        cursor.seek(to: EventOrdinal(5))
        #expect(try cursor.next() == whole[5])
        cursor.seek(to: EventOrdinal(UInt64(whole.count) - 1))
        #expect(try cursor.next() == whole.last)
        #expect(try cursor.next() == nil)
    }

    @Test func aChunkThatStandsInAnotherPlaceIsNotTakenForOneOfThisTrace() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("whole"))
        let index = try TraceReader(path: directory.file("whole")).index
        let first = Int(try index.eventChunk(with: EventOrdinal(0)).position)
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        let copied = first..<first + ChunkHeader.byteCount
        let distance = 100
        try file.flip(copied.map { ($0 + distance, file.bytes[$0 + distance] ^ file.bytes[$0]) })
        let position = UInt64(first + distance)
        let expected = TraceError.corrupt(chunk: "chunk", offset: position, why: "the chunk belongs at byte \(first)")
        #expect(throws: expected) { try TraceFile(path: file.path).header(at: position) }
    }
}
