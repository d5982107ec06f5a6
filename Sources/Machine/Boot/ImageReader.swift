import ByteCoding

/// Reads a guest's file at any offset, and checks each offset against the end.
struct ImageReader {
    /// The whole file.
    let bytes: [UInt8]
    /// What errors call it.
    let what: String

    init(_ bytes: [UInt8], what: String) {
        self.bytes = bytes
        self.what = what
    }

    /// The file's size.
    var count: UInt64 { UInt64(bytes.count) }

    /// The little-endian integer at an offset; `field` names it in errors.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self,
        at offset: UInt64,
        _ field: String
    ) throws(MachineError) -> Value {
        let size = MemoryLayout<Value>.size
        let range = try range(at: offset, count: UInt64(size), field)
        var cursor = ByteCursor(bytes.rawSpan.extracting(range))
        do { return try cursor.read(type) } catch { throw .malformed(what, "\(field): \(error)") }
    }

    /// The integer at an offset; nil where the file is too short.
    func integerIfPresent<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self,
        at offset: UInt64
    ) -> Value? {
        try? integer(type, at: offset, "")
    }

    /// The offsets of `count` bytes from an offset on, if the file has them; `field` names them in errors.
    func range(at offset: UInt64, count: UInt64, _ field: String) throws(MachineError) -> Range<Int> {
        guard offset <= self.count, count <= self.count - offset else {
            throw .malformed(
                what,
                "\(field) needs \(count) bytes at byte \(offset), but the file has only \(self.count) bytes"
            )
        }
        return Int(offset)..<Int(offset + count)
    }

    /// A copy of `count` bytes from an offset on.
    func copy(at offset: UInt64, count: UInt64, _ field: String) throws(MachineError) -> [UInt8] {
        Array(bytes[try range(at: offset, count: count, field)])
    }

    /// The text from `offset` up to a zero byte, in a part of the file that ends at `end`. Nil if there is no zero
    /// byte, or the text is longer than `limit` bytes.
    func text(at offset: UInt64, end: UInt64, limit: Int) -> String? {
        guard offset < end, end <= count else { return nil }
        let part = bytes[Int(offset)..<Int(end)].prefix(limit + 1)
        guard let zero = part.firstIndex(of: 0) else { return nil }
        return String(decoding: part[..<zero], as: UTF8.self)
    }
}
