import ByteCoding

/// Writes chunks one after another to a sink.
struct ChunkOutput {
    let sink: any TraceSink
    let identity: UInt64
    let effort: Compression.Effort
    let synchronizesEveryChunk: Bool
    /// Where the next chunk goes, which is the end of what was certainly written.
    private(set) var position: UInt64 = 0
    private var sequence: UInt32 = 0

    /// Begins a file with its prefix.
    init(
        sink: any TraceSink,
        identity: UInt64,
        effort: Compression.Effort = .quick,
        synchronizesEveryChunk: Bool
    ) throws(TraceError) {
        self.sink = sink
        self.identity = identity
        self.effort = effort
        self.synchronizesEveryChunk = synchronizesEveryChunk
        try write(FilePrefix(identity: identity).bytes)
    }

    /// Writes one chunk, packed if that saves space, and returns its position.
    @discardableResult
    mutating func write(
        _ type: ChunkType,
        _ payload: [UInt8],
        count: Int,
        firstEvent: EventOrdinal
    ) throws(TraceError) -> UInt64 {
        let start = position
        let packed = Compression.pack(payload.rawSpan, of: type, effort)
        let stored = packed?.bytes ?? payload
        let header = ChunkHeader(
            type: type,
            codec: packed?.codec ?? .stored,
            storedSize: stored.count,
            rawSize: payload.count,
            count: count,
            sequence: sequence,
            firstEvent: firstEvent,
            position: start,
            payloadChecksum: Checksum.of(stored, seed: identity)
        )
        // One write for both, because with two, a killed recorder would leave half a chunk more often.
        try write(header.bytes(identity: identity) + stored)
        sequence += 1
        if synchronizesEveryChunk { try sink.synchronize() }
        return start
    }

    /// Closes the file. `rootPosition` is the position of the root index.
    mutating func writeFooter(rootPosition: UInt64) throws(TraceError) {
        let size = position + UInt64(FileFooter.byteCount)
        try write(FileFooter(identity: identity, rootPosition: rootPosition, fileSize: size).bytes)
    }

    /// If only a part could be written because the disk is full, that part is cut off, so that the file ends with a
    /// whole chunk.
    private mutating func write(_ bytes: [UInt8]) throws(TraceError) {
        do throws(TraceError) {
            try sink.write(bytes.rawSpan, at: position)
        } catch {
            try? sink.truncate(to: position)
            throw error
        }
        position += UInt64(bytes.count)
    }
}
