/// Reads little-endian values out of untrusted bytes; every read is checked against the end.
///
/// This is the one way in which the package takes apart bytes that came from a file or from a guest.
public struct ByteCursor: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline var position = 0

    /// Bytes consumed so far.
    @inlinable public var offset: Int { position }

    /// Starts at the first byte of `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// Bytes not yet consumed.
    @inlinable public var remaining: Int { bytes.byteCount - offset }

    /// Reads one little-endian integer.
    @inlinable public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(ByteCodingError) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { throw .truncated(offset: offset, needed: size, available: remaining) }
        // SAFETY: the guard keeps offset + size within the span, and every bit pattern is a valid integer.
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
        position += size
        return Value(littleEndian: value)
    }

    /// Reads `count` bytes unchanged.
    public mutating func readBytes(count: Int) throws(ByteCodingError) -> [UInt8] {
        let span = try readSpan(count: count)
        // SAFETY: the buffer is read only inside the closure, while the span that it views is alive.
        return unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// Reads `count` bytes without copying them; the span lives as long as the bytes under the cursor.
    @_lifetime(copy self)
    public mutating func readSpan(count: Int) throws(ByteCodingError) -> RawSpan {
        guard count >= 0, remaining >= count else {
            throw .truncated(offset: offset, needed: count, available: remaining)
        }
        let span = bytes.extracting(offset..<offset + count)
        position += count
        return span
    }

    /// Reads an unsigned LEB128 number: seven bits per byte, least significant first, at most ten bytes.
    public mutating func readVarint() throws(ByteCodingError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for shift in stride(from: 0, through: 63, by: 7) {
            let byte = try read(UInt8.self)
            let bits = UInt64(byte & 0x7F)
            guard shift < 63 || bits <= 1 else { throw .malformedVarint(offset: start) }
            value |= bits << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        throw .malformedVarint(offset: start)
    }

    /// Reads a varint that counts something, refusing more than `limit` before anything is allocated for it.
    public mutating func readCount(limit: Int) throws(ByteCodingError) -> Int {
        let start = offset
        let value = try readVarint()
        guard value <= UInt64(limit) else { throw .overLimit(offset: start, value: value, limit: limit) }
        return Int(value)
    }

    /// Reads a count of bytes, at most `limit`, and that many bytes of UTF-8.
    public mutating func readString(limit: Int) throws(ByteCodingError) -> String {
        let start = offset
        let bytes = try readBytes(count: readCount(limit: limit))
        guard let string = String(validating: bytes, as: UTF8.self) else { throw .malformedText(offset: start) }
        return string
    }

    /// Checks that nothing is left over.
    public func expectEnd() throws(ByteCodingError) {
        guard remaining == 0 else { throw .trailingBytes(offset: offset, count: remaining) }
    }
}
