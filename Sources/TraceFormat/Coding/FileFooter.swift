import ByteCoding

/// The last bytes of a finished trace, which say where its root index is.
struct FileFooter {
    static let byteCount = 40
    static let magic: [UInt8] = Array("RRVMEND\n".utf8)

    var identity: UInt64
    var rootPosition: UInt64
    var fileSize: UInt64

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.write(bytes: Self.magic)
        writer.write(identity)
        writer.write(rootPosition)
        writer.write(fileSize)
        writer.write(Checksum.of(writer.bytes, seed: identity))
        return writer.bytes
    }

    /// Nil if the bytes are not a footer for this trace and size.
    init?(_ bytes: RawSpan, identity: UInt64, fileSize: UInt64) {
        var cursor = ByteCursor(bytes)
        guard let magic = try? cursor.readBytes(count: Self.magic.count), magic == Self.magic,
            let storedIdentity = try? cursor.read(UInt64.self), storedIdentity == identity,
            let rootPosition = try? cursor.read(UInt64.self),
            let storedSize = try? cursor.read(UInt64.self), storedSize == fileSize,
            let checksum = try? cursor.read(UInt64.self),
            checksum == Checksum.of(bytes.extracting(0..<Self.byteCount - 8), seed: identity)
        else { return nil }
        self.init(identity: identity, rootPosition: rootPosition, fileSize: fileSize)
    }

    init(identity: UInt64, rootPosition: UInt64, fileSize: UInt64) {
        self.identity = identity
        self.rootPosition = rootPosition
        self.fileSize = fileSize
    }
}
