import ByteCoding
import SystemPackage
import X86

@testable import TraceFormat

/// A trace whose checksums are all right and whose contents are lies.
struct ForgedTrace {
    private let sink = MemorySink()
    private(set) var output: ChunkOutput

    /// Begins with a good header, which says that so many symbols follow; good if the trace and the header's chunk begin with
    /// the same event.
    init(symbolCount: Int = 0, firstEvent: UInt64 = 0, chunkEvent: UInt64 = 0) throws {
        var sample = TraceHeader.sample
        sample.firstEvent = EventOrdinal(firstEvent)
        let header = sample.encoded(symbolCount: symbolCount)
        output = try ChunkOutput(sink: sink, identity: 1, synchronizesEveryChunk: false)
        try output.write(.header, header, count: 1, firstEvent: EventOrdinal(chunkEvent))
    }

    /// Adds a chunk and returns its position.
    @discardableResult
    mutating func add(_ type: ChunkType, _ payload: [UInt8], count: Int, event: UInt64 = 0) throws -> UInt64 {
        try output.write(type, payload, count: count, firstEvent: EventOrdinal(event))
    }

    /// Adds a page table whose pages are all zero, and returns its position.
    mutating func addTable(pages: some Collection<UInt64>, event: UInt64 = 0) throws -> UInt64 {
        let entries = pages.map { PageTable.Entry(page: $0, location: .zero, isOwn: true) }
        let payload = PageTable.encode(entries, at: output.position)
        return try add(.pageTable, payload, count: entries.count, event: event)
    }

    /// Adds a keyframe and its event, which is the one of the same number.
    mutating func addKeyframe(_ number: UInt32, parts: [KeyframeRecord.TablePart], changedPages: Int) throws {
        var state = ByteWriter()
        ProcessorState().encode(to: &state)
        let record = KeyframeRecord(
            number: number,
            position: .synchronous,
            digest: StateDigest(of: ProcessorState()),
            changedPages: changedPages,
            tables: parts,
            stateBase: 0,
            state: state.bytes
        )
        try add(.keyframe, record.encoded(at: output.position), count: 1, event: UInt64(number))
        let event = EventRecord(.keyframe(number: number, .synchronous), rip: 0, time: 0, payload: 0)
        var encoder = EventChunkEncoder()
        try add(.events, encoder.encode([event], payload: []), count: 1, event: UInt64(number))
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
