import ByteCoding
import SystemPackage
import TestBasics
import Testing
import X86

@testable import TraceFormat

/// Chunk headers, indexes and symbols that promise more than a file of their size can hold.
@Suite struct HostileIndexTests {
    /// For each type, numbers of entries that no writer writes.
    @Test(
        arguments: [
            (.header, 0), (.header, 2), (.symbols, 0), (.symbols, 1 << 20 + 1), (.events, 0), (.events, 16385),
            (.pages, 0),
            (.pages, 65), (.pageTable, 0), (.pageTable, 16385), (.keyframe, 0), (.keyframe, 2), (.eventIndex, 0),
            (.eventIndex, 1025), (.keyframeIndex, 0), (.keyframeIndex, 1025), (.root, 0), (.root, 2),
        ] as [(ChunkType, Int)]
    )
    func aChunkOfTooManyEntriesOrNoneIsRefusedByItsHeader(type: ChunkType, count: Int) {
        let why = "a chunk of type \(type.rawValue) cannot have \(count) entries"
        #expect(Self.refusal(of: header(type, count: count)) == why)
    }

    @Test(arguments: ChunkType.allCases)
    func theLargestAndTheSmallestNumberOfEntriesAreTaken(type: ChunkType) {
        for count in [type.counts.lowerBound, type.counts.upperBound] {
            #expect(Self.refusal(of: header(type, count: count)) == nil)
        }
    }

    @Test(arguments: [(0, 1), (2, 511), (100, 25501), (100, 16 << 20 + 1), (16 << 20 + 1, 16 << 20)])
    func sizesOverTheirLimitsAreRefusedBeforeThePayloadIsRead(stored: Int, raw: Int) {
        #expect(Self.refusal(of: header(.events, count: 1, stored: stored, raw: raw)) == "a size is over its limit")
    }

    @Test func aChunkThatUnpacksToAsMuchAsItCanIsTaken() {
        #expect(Self.refusal(of: header(.events, count: 1, stored: 100, raw: 25500)) == nil)
    }

    private func header(_ type: ChunkType, count: Int, stored: Int = 100, raw: Int = 200) -> ChunkHeader {
        ChunkHeader(
            type: type,
            codec: .lz4,
            storedSize: stored,
            rawSize: raw,
            count: count,
            sequence: 0,
            firstEvent: EventOrdinal(0),
            position: 32,
            payloadChecksum: 0
        )
    }

    private static func refusal(of header: ChunkHeader) -> String? {
        do throws(ChunkHeaderError) {
            _ = try ChunkHeader(header.bytes(identity: 1).rawSpan, position: 32, identity: 1)
            return nil
        } catch {
            return error.why
        }
    }

    /// A list that names one stretch of the file again and again.
    @Test(
        arguments: [([32, 33], 1000), ([32, 87], 1000), ([31], 1000), ([900, 1000], 1000), ([0], 1000)]
            as [([UInt64], UInt64)]
    )
    func indexedChunksThatOverlapOrStandElsewhereAreRefused(positions: [UInt64], end: UInt64) {
        let entries = positions.enumerated().map {
            EventIndexEntry(firstEvent: EventOrdinal(UInt64($0.offset)), position: $0.element)
        }
        let root = RootRecord(eventCount: 1, keyframeCount: 1, eventParts: entries, keyframeParts: entries)
        #expect(throws: ByteCodingError.self) { try Self.decode(root, at: end) }
    }

    @Test func indexedChunksSideBySideAreTaken() throws {
        let entries = ([32, 88, 944] as [UInt64]).enumerated().map {
            EventIndexEntry(firstEvent: EventOrdinal(UInt64($0.offset)), position: $0.element)
        }
        let root = RootRecord(eventCount: 1, keyframeCount: 1, eventParts: entries, keyframeParts: entries)
        #expect(try Self.decode(root, at: 1000) == root)
    }

    private static func decode(_ root: RootRecord, at position: UInt64) throws -> RootRecord {
        let bytes = root.encoded
        return try RootRecord(decoding: bytes.rawSpan, at: position)
    }

    /// Two index chunks that list the same keyframe: a kilobyte of file for each thousand keyframes.
    @Test func anIndexChunkThatListsWhatTheOneBeforeItListsIsNotBelieved() throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let table = KeyframeRecord.TablePart(firstPage: 1, position: try forged.addTable(pages: 1...3))
        let position = forged.output.position
        try forged.addKeyframe(0, parts: [table], changedPages: 3)
        let entries = (0..<UInt64(1024)).map { number in
            KeyframeIndexEntry(
                event: EventOrdinal(number),
                position: position + 56 * number,
                kind: .synchronous,
                digest: .sample
            )
        }
        // Room for as many chunks as the index lists.
        var generator = SeededGenerator(seed: 17)
        try forged.add(.symbols, (0..<60_000).map { _ in .random(in: 0...255, using: &generator) }, count: 1)
        let parts = try (0..<2).map { number in
            let payload = KeyframeIndexEntry.encode(entries)
            let position = try forged.add(.keyframeIndex, payload, count: 1024)
            return EventIndexEntry(firstEvent: EventOrdinal(UInt64(number)), position: position)
        }
        let root = RootRecord(eventCount: 2048, keyframeCount: 2048, eventParts: parts, keyframeParts: parts)
        try forged.finish(root, to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        // Such an index is not believed: the chunks themselves are walked.
        #expect(reader.keyframeCount == 1)
        #expect(
            reader.fault?.description.contains("bad data") == true,
            "\(reader.fault as Any)"
        )
    }

    /// A million names of four kilobytes each would fit into 16 MiB of file.
    @Test func moreBytesOfSymbolsThanTheLimitAreRefused() throws {
        let directory = try TemporaryDirectory()
        let chunks = Limits.symbolBytes / (4096 * 256) + 1
        var writer = ByteWriter()
        for _ in 0..<256 {
            writer.write(text: String(repeating: "s", count: 4096))
            writer.write(bytes: [0, 0])
        }
        var forged = try ForgedTrace(symbolCount: chunks * 256)
        for _ in 0..<chunks { try forged.add(.symbols, writer.bytes, count: 256) }
        try forged.save(to: directory.file("a"))

        let reader = try TraceReader(path: directory.file("a"))

        #expect(reader.byteCount < 1 << 20)
        let error = #expect(throws: TraceError.self) { try reader.symbols() }
        #expect(error?.description.hasSuffix("the symbols are too long") == true)
    }

    @Test func aWriterRefusesMoreBytesOfSymbolsThanAReaderTakes() {
        let name = String(repeating: "s", count: 4096)
        let symbol = GuestSymbol(name: name, address: GuestVirtualAddress(0), size: 0)
        let symbols = Array(repeating: symbol, count: Limits.symbolBytes / 4096)

        let error = #expect(throws: TraceError.self) {
            _ = try TraceWriter(sink: MemorySink(), header: .sample, symbols: symbols)
        }
        #expect(error?.description.hasPrefix("size of the symbols: ") == true)
    }
}
