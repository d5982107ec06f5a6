import Foundation
import SystemPackage
import Testing
import X86

@testable import TraceFormat

/// Files without an index, many chunks long, whose last chunks are bad.
@Suite struct ScanTests {
    /// More bad chunks than a scan keeps headers at first, and more than the twice as many that it keeps then.
    @Test(arguments: [0, 1, 511, 512, 1024, 1025, 2000, 5000])
    func badChunksAtTheEndAreDroppedHoweverMany(bad: Int) throws {
        let directory = try TemporaryDirectory()
        let positions = try Self.write(events: 5200, to: directory.file("a"))
        let file = try SpoiledFile(copying: directory.file("a"), to: directory.file("spoiled"))
        try file.flip(positions.suffix(bad).map { (offset: Int($0) + ChunkHeader.byteCount, mask: 1) })

        let reader = try TraceReader(path: file.path)

        #expect(reader.eventCount == UInt64(5200 - bad))
        #expect(!reader.isComplete)
        #expect(reader.missing?.contains("its checksum does not match") == (bad > 0))
        #expect(try reader.event(at: EventOrdinal(UInt64(5199 - bad))).event == .halt)
    }

    /// A chunk that does not fit is where a scan ends, also far from the end of the file.
    @Test func whatFollowsAMissingChunkIsNotTaken() throws {
        let directory = try TemporaryDirectory()
        let positions = try Self.write(events: 3000, to: directory.file("a"))
        let bytes = try [UInt8](Data(contentsOf: URL(filePath: directory.file("a").string)))
        let hole = Int(positions[100])..<Int(positions[101])
        let cut = Array(bytes[..<hole.lowerBound] + bytes[hole.upperBound...])
        try Data(cut).write(to: URL(filePath: directory.file("cut").string))

        let reader = try TraceReader(path: directory.file("cut"))

        #expect(reader.eventCount == 100)
        #expect(reader.missing?.contains("the chunk belongs at byte") == true)
    }

    /// One event a chunk, and no index; returns where the chunks are.
    private static func write(events: Int, to path: FilePath) throws -> [UInt64] {
        var forged = try ForgedTrace()
        var encoder = EventChunkEncoder()
        let payload = encoder.encode([EventRecord(.halt, rip: 1, time: 0, payload: 0)], payload: [])
        let positions = try (0..<UInt64(events)).map { try forged.add(.events, payload, count: 1, event: $0) }
        try forged.save(to: path)
        return positions
    }
}
