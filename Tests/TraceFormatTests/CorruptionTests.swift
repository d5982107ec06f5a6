import Foundation
import SystemPackage
import TestBasics
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

    @Test func everySingleFlippedByteIsFoundByACheck() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeSmall(to: directory.file("whole"))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        for offset in file.bytes.indices {
            let change = [(offset: offset, mask: UInt8(1) << UInt8(offset % 8))]
            try file.flip(change)
            #expect(throws: TraceError.self, "byte \(offset)") { try TraceReader(path: file.path).check() }
            try file.restore(change)
        }
        try TraceReader(path: file.path).check()
    }

    @Test func bytesBehindTheEndAreFoundByACheck() throws {
        let directory = try TemporaryDirectory()
        for rest in [[0], [UInt8](repeating: 0, count: 100), FileFooter.magic, Array("RRVC".utf8)] as [[UInt8]] {
            try SampleTrace.writeSmall(to: directory.file("\(rest.count)"))
            let handle = try FileHandle(forUpdating: URL(filePath: directory.file("\(rest.count)").string))
            try handle.seekToEnd()
            try handle.write(contentsOf: rest)
            let reader = try TraceReader(path: directory.file("\(rest.count)"))
            #expect(reader.loss == nil && reader.outcome != nil)
            #expect(throws: try #require(reader.fault)) { try reader.check() }
        }
    }

    @Test func badBytesInTheMidstAreMetByWhoeverReadsUpToThem() throws {
        let directory = try TemporaryDirectory()
        try SampleTrace.writeLarge(to: directory.file("whole"))
        let whole = try TraceReader(path: directory.file("whole"))
        let bad = try whole.index.eventChunk(with: EventOrdinal(30))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        try file.truncate(to: file.bytes.count - 1)
        try file.flip([(offset: Int(bad.position) + 8, mask: 1)])
        let reader = try TraceReader(path: file.path)
        let why = "the chunk header's checksum does not match"
        #expect(reader.loss == .corrupt(path: file.path, chunk: "chunk", offset: bad.position, why: why))
        #expect(reader.events.upperBound == bad.firstEvent)
        var cursor = reader.events(from: EventOrdinal(bad.firstEvent.rawValue - 1))
        #expect(try cursor.next() != nil)
        #expect(throws: try #require(reader.loss)) { try cursor.next() }
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
            let reader = try? TraceReader(path: file.path)
            #expect(reader?.fault == nil, "\(length) bytes")
            #expect(throws: Never.self, "\(length) bytes") { try reader?.check() }
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
        let why = "its checksum does not match"
        #expect(throws: TraceError.corrupt(path: file.path, chunk: "event chunk", offset: chunk, why: why)) {
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
        let why = "the chunk belongs at byte \(first)"
        let expected = TraceError.corrupt(path: file.path, chunk: "chunk", offset: position, why: why)
        #expect(throws: expected) { try TraceFile(path: file.path).header(at: position) }
    }
}
