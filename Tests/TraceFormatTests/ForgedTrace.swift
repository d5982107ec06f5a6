import SystemPackage

@testable import TraceFormat

/// A trace whose checksums are all right and whose contents are lies.
struct ForgedTrace {
    private let sink = MemorySink()
    private(set) var output: ChunkOutput

    /// Begins with a good header.
    init() throws {
        let header = TraceHeader.sample.encoded(symbolCount: 0)
        output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
        try output.write(.header, header, count: 1, firstEvent: EventOrdinal(0))
    }

    /// Adds a chunk and returns its position.
    @discardableResult
    mutating func add(_ type: ChunkType, _ payload: [UInt8], count: Int, event: UInt64 = 0) throws -> UInt64 {
        try output.write(type, payload, count: count, firstEvent: EventOrdinal(event))
    }

    /// Adds a root index and a footer, and writes the file.
    mutating func finish(_ root: RootRecord, to path: FilePath) throws {
        let position = try output.write(.root, root.encoded, count: 1, firstEvent: EventOrdinal(0))
        try output.writeFooter(rootPosition: position)
        try sink.save(to: path)
    }

    /// Writes the file without an end.
    func save(to path: FilePath) throws { try sink.save(to: path) }
}
