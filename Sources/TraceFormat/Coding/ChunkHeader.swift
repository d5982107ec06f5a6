import ByteCoding

/// The header before every chunk's payload.
struct ChunkHeader: Equatable {
    static let byteCount = 56
    /// `RRVC`
    static let magic: UInt32 = 0x4356_5252
    static let magicByteCount = 4

    var type: ChunkType
    var codec: Compression.Codec
    /// The size of the payload in the file, in bytes.
    var storedSize: Int
    /// The size of the unpacked payload, in bytes.
    var rawSize: Int
    /// The number of entries in the payload.
    var count: Int
    /// The number of chunks before this one.
    var sequence: UInt32
    /// The first event in the chunk, or the next event after it.
    var firstEvent: EventOrdinal
    /// The position of this header in the file.
    var position: UInt64
    /// The checksum of the payload as it is stored.
    var payloadChecksum: UInt64

    /// The size of header and payload.
    var totalSize: Int { Self.byteCount + storedSize }

    /// The encoding, which ends with a checksum seeded with the trace's identity.
    func bytes(identity: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.write(Self.magic)
        writer.write(type.rawValue)
        writer.write(codec.rawValue)
        writer.write(UInt16(0))
        writer.write(UInt32(storedSize))
        writer.write(UInt32(rawSize))
        writer.write(UInt32(count))
        writer.write(sequence)
        writer.write(firstEvent.rawValue)
        writer.write(position)
        writer.write(payloadChecksum)
        writer.write(Checksum.of(writer.bytes, seed: identity))
        return writer.bytes
    }

    /// Whether a chunk may begin with these bytes. They are compared up to the length of the magic number.
    static func mayBegin(_ bytes: [UInt8]) -> Bool {
        bytes.enumerated().allSatisfy { place, byte in
            byte == LittleEndian.byte(place, of: magic)
        }
    }

    /// Reads and checks a header at `position`.
    init(_ bytes: RawSpan, position: UInt64, identity: UInt64) throws(ChunkHeaderError) {
        do {
            var cursor = ByteCursor(bytes)
            guard try cursor.read(UInt32.self) == Self.magic else { throw ChunkHeaderError("no chunk begins here") }
            let type = try cursor.read(UInt8.self)
            let codec = try cursor.read(UInt8.self)
            let reserved = try cursor.read(UInt16.self)
            storedSize = Int(try cursor.read(UInt32.self))
            rawSize = Int(try cursor.read(UInt32.self))
            count = Int(try cursor.read(UInt32.self))
            sequence = try cursor.read()
            let firstEvent = try cursor.read(UInt64.self)
            self.position = try cursor.read()
            payloadChecksum = try cursor.read()
            let checksum = try cursor.read(UInt64.self)
            guard checksum == Checksum.of(bytes.extracting(0..<Self.byteCount - 8), seed: identity) else {
                throw ChunkHeaderError("the chunk header's checksum does not match")
            }
            guard let type = ChunkType(rawValue: type) else { throw ChunkHeaderError("unknown chunk type \(type)") }
            guard let codec = Compression.Codec(rawValue: codec) else {
                throw ChunkHeaderError("unknown codec \(codec)")
            }
            guard reserved == 0 else { throw ChunkHeaderError("reserved bytes are not zero") }
            guard self.position == position else {
                throw ChunkHeaderError("the chunk belongs at byte \(self.position)")
            }
            guard storedSize <= Limits.chunkBytes, rawSize <= Limits.chunkBytes,
                rawSize <= storedSize * Limits.unpackedPerStoredByte
            else { throw ChunkHeaderError("a size is over its limit") }
            guard codec != .stored || storedSize == rawSize else {
                throw ChunkHeaderError("the sizes of an unpacked chunk differ")
            }
            guard type.counts.contains(count) else {
                throw ChunkHeaderError("a chunk of type \(type.rawValue) cannot have \(count) entries")
            }
            self.firstEvent = try EventOrdinal(decoding: firstEvent)
            self.type = type
            self.codec = codec
        } catch let error as ByteCodingError {
            throw ChunkHeaderError(error.description)
        } catch let error as ChunkHeaderError {
            throw error
        } catch {
            throw ChunkHeaderError("\(error)")
        }
    }

    init(
        type: ChunkType,
        codec: Compression.Codec,
        storedSize: Int,
        rawSize: Int,
        count: Int,
        sequence: UInt32,
        firstEvent: EventOrdinal,
        position: UInt64,
        payloadChecksum: UInt64
    ) {
        self.type = type
        self.codec = codec
        self.storedSize = storedSize
        self.rawSize = rawSize
        self.count = count
        self.sequence = sequence
        self.firstEvent = firstEvent
        self.position = position
        self.payloadChecksum = payloadChecksum
    }
}

/// Why bytes are not a chunk header.
struct ChunkHeaderError: Error {
    var why: String

    init(_ why: String) { self.why = why }
}
