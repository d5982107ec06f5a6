import EndToEnd
import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// A trace of several megabytes, spoilt at random. Reading all of it each time would take days: what is read is what a chunk
/// that was spoilt holds, and some of the rest.
@Suite(.lastResort) struct LargeCorruptionTests {
    private static let rounds = SlowTests.areIncluded ? 10_000 : 100

    @Test func spoiltChunksAreFoundOrHarmless() throws {
        let directory = try TemporaryDirectory()
        let whole = try LargeTrace(to: directory.file("whole"))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        let pieces = Dictionary(grouping: whole.chunks.filter(whole.isCompared), by: \.type)
        #expect(file.bytes.count > 2 << 20)
        #expect(pieces[.eventIndex]?.count ?? 0 > 2 && pieces[.keyframeIndex]?.count == 2)
        #expect(try whole.reader.keyframeRecord(0).tables.count == 2)

        var generator = SeededGenerator(seed: 22)
        var errors = 0
        for round in 0..<Self.rounds {
            // Each type as often as any other, although most chunks are of two types only.
            let type = ChunkType.allCases[round % ChunkType.allCases.count]
            let candidates = pieces[type] ?? whole.chunks
            let chunk = candidates[Int.random(in: candidates.indices, using: &generator)]
            let changes = (0..<Int.random(in: 1...16, using: &generator)).map { _ in
                (
                    offset: Int(chunk.position) + Int.random(in: 0..<chunk.totalSize, using: &generator),
                    mask: UInt8.random(in: 1...255, using: &generator)
                )
            }
            try file.flip(changes)
            let reading = Reading(of: file.path, near: chunk.firstEvent, comparedWith: whole, &generator)
            #expect(reading.wrong.isEmpty, "round \(round), \(type) at byte \(chunk.position): \(reading.wrong)")
            errors += reading.errors
            try file.restore(changes)
        }
        #expect(errors > Self.rounds / 10, "hardly anything that was read was spoilt")
    }

    /// Opening reads the ends of the file and the last piece of the index, whatever its size: all the rest may be spoilt.
    @Test func openingReadsNothingInTheMidst() throws {
        let directory = try TemporaryDirectory()
        let whole = try LargeTrace(to: directory.file("whole"))
        let file = try SpoiledFile(copying: directory.file("whole"), to: directory.file("spoiled"))
        let isNeeded: Set<ChunkType> = [.header, .root]
        let lasts = [ChunkType.events, .eventIndex].compactMap { type in whole.chunks.last { $0.type == type }?.position
        }
        let others = whole.chunks.filter { !isNeeded.contains($0.type) && !lasts.contains($0.position) }
        try file.flip(others.map { (offset: Int($0.position) + ChunkHeader.byteCount, mask: 1) })

        let reader = try TraceReader(path: file.path)

        #expect(others.count > 3000)
        #expect(reader.isComplete && reader.outcome == .halted)
        #expect(reader.eventCount == whole.reader.eventCount)
        #expect(throws: TraceError.self) { try reader.check() }
    }

    @Test func theWholeOfItReadsAsItWasWritten() throws {
        let directory = try TemporaryDirectory()
        let whole = try LargeTrace(to: directory.file("whole"))
        var generator = SeededGenerator(seed: 23)

        try whole.reader.check()
        let reading = Reading(of: directory.file("whole"), near: EventOrdinal(0), comparedWith: whole, &generator)

        #expect(reading.errors == 0 && reading.wrong.isEmpty, "\(reading.wrong)")
        #expect(UInt64(whole.events.count) == whole.reader.eventCount)
    }
}

/// What came of reading parts of a trace that may be spoilt.
private struct Reading {
    /// How often an error said that something cannot be read.
    var errors = 0
    /// What was read and is not what was written.
    var wrong: [String] = []

    init(
        of path: FilePath,
        near event: EventOrdinal,
        comparedWith whole: LargeTrace,
        _ generator: inout SeededGenerator
    ) {
        do {
            let reader = try TraceReader(path: path)
            errors += reader.isComplete ? 0 : 1
            if reader.header != whole.reader.header { wrong.append("header") }
            if let outcome = reader.outcome, outcome != whole.reader.outcome { wrong.append("outcome") }
            var cursor = reader.events(from: event)
            let other = Int.random(in: whole.events.indices, using: &generator)
            for place in [other] + Array(Int(event.rawValue)..<min(Int(event.rawValue) + 50, whole.events.count)) {
                if cursor.position.rawValue != UInt64(place) { cursor.seek(to: EventOrdinal(UInt64(place))) }
                compare("event \(place)", whole.events[place]) { try cursor.next() }
            }
            let near = try whole.reader.keyframe(atOrBefore: event) ?? 0
            try compareKeyframe(near - near % LargeTrace.comparedStep, reader, whole, &generator)
        } catch {
            errors += 1
        }
    }

    private mutating func compareKeyframe(
        _ number: Int,
        _ reader: TraceReader,
        _ whole: LargeTrace,
        _ generator: inout SeededGenerator
    ) throws {
        var written = try #require(whole.compared[number])
        var read = try reader.keyframe(number)
        compare("state of keyframe \(number)", written.state) { read.state }
        compare("pages of keyframe \(number)", written.changedPages) { read.changedPages }
        let some = (0..<3).map { _ in GuestPhysicalAddress(.random(in: 0..<20_000, using: &generator) * 4096) }
        for page in written.changedPages.suffix(3) + some {
            let content = try written.memory.page(at: page)
            compare("page \(page) of keyframe \(number)", content) { try read.memory.page(at: page) }
        }
    }

    private mutating func compare<Value: Equatable>(
        _ what: String,
        _ expected: Value,
        _ read: () throws -> Value?
    ) {
        do {
            if try read() != expected { wrong.append(what) }
        } catch {
            errors += 1
        }
    }
}
