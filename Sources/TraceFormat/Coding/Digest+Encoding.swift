import ByteCoding

extension Digest128 {
    func encode(to writer: inout ByteWriter) {
        writer.write(low)
        writer.write(high)
    }

    init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(low: try cursor.read(), high: try cursor.read())
    }
}

extension StateDigest {
    func encode(to writer: inout ByteWriter) {
        processor.encode(to: &writer)
        memory.encode(to: &writer)
    }

    init(from cursor: inout ByteCursor) throws(ByteCodingError) {
        self.init(processor: try Digest128(from: &cursor), memory: try Digest128(from: &cursor))
    }
}
