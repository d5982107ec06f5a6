import ByteCoding
import Foundation
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

/// Files that somebody made with care to mislead a reader.
@Suite struct HostileTraceTests {
    @Test(
        arguments: [
            // Counts of events that the payload does not have.
            ([UInt8](repeating: 0xFF, count: 40), 16384),
            ([1, 0, 1, 0], 16384),
            ([1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0),
            ([1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16385),
            // A shape that no event has: kind 14, then a halt with a port.
            ([1, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
            ([1, 6, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
            // A device read of a form that there is none, arguments on the console, and a digest without bytes.
            ([1, 13, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
            ([1, 13, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
            ([1, 13, 2, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0], 1),
            // A device read of 65537 bytes.
            ([1, 13, 1, 0, 0, 0, 0, 0, 0, 0x81, 0x80, 0x04, 0, 0, 0, 0, 0], 1),
            // Shape number 1 of 1.
            ([2, 6, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 2),
            // A device write of 2^63 bytes.
            (
                [1, 9, 0, 0, 0, 0, 0, 0, 0]
                    + [0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 0, 0, 0, 0], 1
            ),
        ] as [([UInt8], Int)]
    )
    func eventChunksThatLieAreRefused(payload: [UInt8], count: Int) throws {
        var chunk = EventChunk()
        let error = #expect(throws: (any Error).self) {
            try chunk.decode(payload.rawSpan, count: count)
            for place in 0..<chunk.count { _ = try chunk.record(place).event(payload: RawSpan()) }
        }
        #expect(error is ByteCodingError)
    }

    @Test func anIndexThatCountsMoreThanThereIsIsNotBelieved() throws {
        let directory = try TemporaryDirectory()
        for count in [1, 1 << 40, UInt64.max] {
            var forged = try ForgedTrace()
            let root = RootRecord(eventCount: count, keyframeCount: count, eventParts: [], keyframeParts: [])
            try forged.finish(root, to: directory.file("a"))
            let reader = try TraceReader(path: directory.file("a"))
            #expect(reader.eventCount == 0 && reader.keyframeCount == 0 && !reader.isComplete)
        }
    }

    @Test(arguments: [(5, 0), (0, 5), (1 << 62, 0), (0, 1 << 62)] as [(UInt64, UInt64)])
    func aHeaderThatBeginsElsewhereThanItsChunkIsRefused(firstEvent: UInt64, chunkEvent: UInt64) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a")
        try ForgedTrace(firstEvent: firstEvent, chunkEvent: chunkEvent).save(to: path)

        let why = "its first event is not that of its chunk"
        #expect(throws: TraceError.corrupt(path: path, chunk: "header", offset: 32, why: why)) {
            try TraceReader(path: path)
        }
    }

    /// Sums and differences of ordinals are made everywhere: none may come near where numbers end.
    @Test(arguments: [(1 << 62) + 1, 1 << 63, .max - 1, .max] as [UInt64])
    func anOrdinalNearWhereNumbersEndIsRefused(ordinal: UInt64) throws {
        let directory = try TemporaryDirectory()
        try ForgedTrace(firstEvent: ordinal, chunkEvent: ordinal).save(to: directory.file("a"))

        let error = #expect(throws: TraceError.self) { try TraceReader(path: directory.file("a")) }

        #expect(error?.description.contains("event ordinal") == true, "\(error as Any)")
    }

    @Test func eventsThatWouldComeBehindTheLastOrdinalAreNotRead() throws {
        let directory = try TemporaryDirectory()
        let last: UInt64 = 1 << 62
        var forged = try ForgedTrace(firstEvent: last, chunkEvent: last)
        var encoder = EventChunkEncoder()
        let halt = EventRecord(.halt, rip: 1, time: 0, payload: 0)
        try forged.add(.events, encoder.encode([halt, halt], payload: []), count: 2, event: last)
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        #expect(reader.eventCount == 0)
        #expect(reader.fault?.description.contains("event ordinal") == true, "\(reader.fault as Any)")
    }

    @Test func aHeaderThatIsNotTheFirstChunkIsRefused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a")
        try ForgedTrace().save(to: path)
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: path.string)))
        let place = 32..<32 + ChunkHeader.byteCount
        var header = try ChunkHeader(Array(bytes[place]).rawSpan, position: 32, identity: 1)
        header.sequence = .max
        bytes.replaceSubrange(place, with: header.bytes(identity: 1))
        try Data(bytes).write(to: URL(filePath: path.string))

        let why = "chunks before it are missing"
        #expect(throws: TraceError.corrupt(path: path, chunk: "header", offset: 32, why: why)) {
            try TraceReader(path: path)
        }
    }

    @Test func anIndexThatPointsElsewhereIsAnError() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let part = EventIndexEntry(firstEvent: EventOrdinal(0), position: 32)
        let root = RootRecord(eventCount: 5, keyframeCount: 2, eventParts: [part], keyframeParts: [part])
        try forged.finish(root, to: directory.file("a"))
        let reader = try TraceReader(path: directory.file("a"))
        #expect(!reader.isComplete)
        let why = "a header is in its place"
        let inPlace = TraceError.corrupt(path: reader.path, chunk: "event index", offset: 32, why: why)
        #expect(throws: inPlace) { try reader.event(at: EventOrdinal(0)) }
        #expect(throws: TraceError.self) { try reader.keyframe(1) }
    }

    @Test func differencesThatLeadNowhereOrInCirclesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let payloads: [[UInt8]] = [
            // A difference from itself, in either encoding.
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            // A difference from what stands before the file begins.
            [1, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            // A whole page that is not there; an encoding that is none.
            [0],
            [3],
        ]
        for payload in payloads {
            var forged = try ForgedTrace()
            let position = try forged.add(.pages, payload, count: 1)
            try forged.save(to: directory.file("a"))
            let contents = PageContents(try TraceFile(path: directory.file("a")))
            var page = [UInt8](repeating: 0, count: 4096)
            #expect(throws: TraceError.self) {
                try contents.read(PageLocation(chunk: position, index: 0), into: &page)
            }
        }
    }

    @Test func tooManyStackedDifferencesAreRefused() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        var last = try forged.add(.pages, [0] + [UInt8](repeating: 7, count: 4096), count: 1)
        var positions = [last]
        for _ in 0..<9 {
            var writer = ByteWriter()
            writer.write(UInt8(1))
            writer.writeVarint(forged.output.position - last)
            writer.write(bytes: [0] + [UInt8](repeating: 0, count: 8))
            last = try forged.add(.pages, writer.bytes, count: 1)
            positions.append(last)
        }
        try forged.save(to: directory.file("a"))
        let contents = PageContents(try TraceFile(path: directory.file("a")))
        var page = [UInt8](repeating: 0, count: 4096)
        try contents.read(PageLocation(chunk: positions[8], index: 0), into: &page)
        #expect(page == [UInt8](repeating: 7, count: 4096))
        let why = "too many differences are stacked"
        #expect(
            throws: TraceError.corrupt(path: directory.file("a"), chunk: "page chunk", offset: positions[9], why: why)
        ) {
            try contents.read(PageLocation(chunk: positions[9], index: 0), into: &page)
        }
    }

    @Test(
        arguments: [
            [UInt8](repeating: 0xFF, count: 30),
            [0, 0, 0, 0],
            [5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0],
            [1, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0],
            [1, 1, 4, 4, 64, 64],
        ] as [[UInt8]]
    )
    func pageTablesThatLieAreRefused(payload: [UInt8]) {
        #expect(throws: ByteCodingError.self) { try Self.table(payload, 2) }
        #expect(throws: ByteCodingError.self) { try Self.table(payload, .max) }
    }

    private static func table(_ payload: [UInt8], _ count: Int) throws -> [PageTable.Entry] {
        try PageTable.decode(payload.rawSpan, count: count, at: 1000, in: TraceHeader.sample.machine.memory)
    }

    @Test func aChunkThatClaimsToUnpackToMoreThanItCanIsNotGivenTheMemory() {
        #expect(Self.unpack([0x10, 0x41], 16 << 20) == nil)
        #expect(Self.unpack([], 1) == nil)
        #expect(Self.unpack([0x10, 0x41], 0) == nil)
        #expect(Self.unpack([0x10, 0x41], 1) == [0x41])
    }

    private static func unpack(_ packed: [UInt8], _ rawSize: Int) -> [UInt8]? {
        Compression.unpack(packed.rawSpan, .lz4, rawSize: rawSize)
    }

    @Test func anyBytesForAHeaderAreRefusedOrRead() {
        var generator = SeededGenerator(seed: 13)
        let good = TraceHeader.sample.encoded(symbolCount: 3)
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            // Either outcome is right; a trap is not.
            _ = try? TraceHeader.decode(bytes.rawSpan)
        }
    }

    @Test func anyBytesForAnEventChunkAreRefusedOrRead() {
        var generator = SeededGenerator(seed: 14)
        let records = (0..<200).map { _ in
            let event = Event.random(using: &generator)
            return EventRecord(event.payload().isEmpty ? event : .halt, rip: generator.next() % 50, time: 0, payload: 0)
        }
        var encoder = EventChunkEncoder()
        let good = encoder.encode(records, payload: [])
        var chunk = EventChunk()
        for _ in 0..<5000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? chunk.decode(bytes.rawSpan, count: 200)
            for place in 0..<chunk.count { _ = try? chunk.record(place).event(payload: RawSpan()) }
        }
    }
}
