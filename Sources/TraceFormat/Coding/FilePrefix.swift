import ByteCoding

/// The first bytes of a trace: what it is, its version, and the number with which its checksums are seeded.
struct FilePrefix {
    static let byteCount = 32
    /// Not text; a transfer that treats the file as text damages these bytes.
    static let magic: [UInt8] = [0x89, 0x52, 0x52, 0x56, 0x4D, 0x0D, 0x0A, 0x1A]

    var version = TraceHeader.formatVersion
    /// Differs between traces, so that a chunk of another trace, left on a reused disk block, is not mistaken for one
    /// of this trace.
    var identity: UInt64

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.write(bytes: Self.magic)
        writer.write(version)
        writer.write(UInt32(0))
        writer.write(identity)
        writer.write(Checksum.of(writer.bytes, seed: 0))
        return writer.bytes
    }

    init(identity: UInt64) {
        self.identity = identity
    }

    /// Takes version and identity without checking them. To check, compare ``bytes`` with the bytes that were read.
    init(decoding bytes: RawSpan) throws(ByteCodingError) {
        var cursor = ByteCursor(bytes)
        _ = try cursor.readSpan(count: Self.magic.count)
        version = try cursor.read()
        _ = try cursor.read(UInt32.self)
        identity = try cursor.read()
    }
}
