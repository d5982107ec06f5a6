import ByteCoding
import TestBasics
import Testing

@testable import TraceFormat

/// How the payloads of chunks are packed, and what pages say that is stored as a difference.
@Suite struct CompressionTests {
    /// Bytes that repeat, but not many times over.
    private static let payload: [UInt8] = (0..<1000).flatMap { number in
        [UInt8(truncatingIfNeeded: number), UInt8(number / 256), 0, 0, 0, 0, 0, 1]
    }

    private static func pack(
        _ raw: [UInt8],
        of type: ChunkType = .pages,
        _ effort: Compression.Effort = .quick
    ) -> (codec: Compression.Codec, bytes: [UInt8])? {
        Compression.pack(raw.rawSpan, of: type, effort)
    }

    private static func unpack(_ packed: [UInt8], _ codec: Compression.Codec, size: Int = payload.count) -> [UInt8]? {
        Compression.unpack(packed.rawSpan, codec, rawSize: size)
    }

    @Test(arguments: [Compression.Effort.quick, .thorough])
    func whatIsPackedIsUnpacked(effort: Compression.Effort) throws {
        for (type, codec) in [(ChunkType.pages, Compression.Codec.zstd), (.events, .lz4), (.keyframe, .lz4)] {
            let packed = try #require(Self.pack(Self.payload, of: type, effort))
            #expect(packed.codec == codec)
            #expect(packed.bytes.count < Self.payload.count)
            #expect(Self.unpack(packed.bytes, codec) == Self.payload)
        }
    }

    /// zstd makes next to nothing of them, which a reader would refuse.
    @Test func pagesThatAreNearlyEmptyStayWithinTheLimitOfAHeader() throws {
        let empty = [UInt8](repeating: 0, count: 64 * 4096)

        let packed = try #require(Self.pack(empty))

        #expect(packed.codec == .lz4)
        #expect(empty.count <= packed.bytes.count * Limits.unpackedPerStoredByte)
        #expect(Self.unpack(packed.bytes, .lz4, size: empty.count) == empty)
    }

    @Test func randomBytesAreNotPacked() {
        var generator = SeededGenerator(seed: 5)
        let bytes = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(Self.pack(bytes) == nil)
        #expect(Self.pack([7]) == nil)
    }

    @Test func damageIsRefusedOrGivesAsManyOtherBytes() throws {
        let packed = try #require(Self.pack(Self.payload)).bytes
        for index in packed.indices {
            var damaged = packed
            damaged[index] ^= 0x55
            let raw = Self.unpack(damaged, .zstd)
            #expect(raw == nil || raw?.count == Self.payload.count)
        }
        for count in packed.indices {
            #expect(Self.unpack(Array(packed.prefix(count)), .zstd) == nil)
        }
        #expect(Self.unpack(packed, .zstd, size: Self.payload.count - 1) == nil)
        #expect(Self.unpack(packed, .zstd, size: Self.payload.count + 1) == nil)
        #expect(Self.unpack(packed, .stored) == nil)
    }

    /// A page of sevens whose line 1 is nines, by each encoding of a difference.
    @Test(arguments: [(1, 9), (2, 7 ^ 9)] as [(UInt8, UInt8)])
    func aDifferenceIsTakenAsItsEncodingSays(encoding: UInt8, stored: UInt8) throws {
        let directory = try TemporaryDirectory()
        var forged = try ForgedTrace()
        let base = try forged.add(.pages, [0] + [UInt8](repeating: 7, count: 4096), count: 1)
        var writer = ByteWriter()
        writer.write(encoding)
        writer.writeVarint(forged.output.position - base)
        writer.writeVarint(0)
        writer.write(UInt64(2))
        writer.write(bytes: [UInt8](repeating: stored, count: 64))
        let position = try forged.add(.pages, writer.bytes, count: 1)
        try forged.save(to: directory.file("a"))
        let contents = PageContents(try TraceFile(path: directory.file("a")))
        var page = [UInt8](repeating: 0, count: 4096)

        try contents.read(PageLocation(chunk: position, index: 0), into: &page)

        #expect(page == (0..<4096).map { (64..<128).contains($0) ? 9 : 7 })
    }
}
