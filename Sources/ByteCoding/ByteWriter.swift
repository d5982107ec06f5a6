/// Builds bytes that ``ByteCursor`` reads back: the same calls in the same order.
public struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8] = []

    /// What has been written so far.
    @inlinable public var bytes: [UInt8] { storage }

    /// Starts empty, with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        storage.reserveCapacity(capacity)
    }

    // Inlinable, here and in ``ByteCursor``: a state has hundreds of integers, and a call that works out the type of an
    // integer costs ten times as much as the rest.

    /// Appends one integer, little-endian.
    @inlinable public mutating func write<Value: FixedWidthInteger>(_ value: Value) {
        // SAFETY: an integer has no padding, and its bytes are read while it lives.
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends bytes unchanged.
    public mutating func write(bytes source: some Sequence<UInt8>) {
        storage.append(contentsOf: source)
    }

    /// Appends an unsigned LEB128 number.
    public mutating func writeVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            storage.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        storage.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a count of bytes and the bytes of `text` in UTF-8.
    public mutating func write(text: String) {
        writeVarint(UInt64(text.utf8.count))
        storage.append(contentsOf: text.utf8)
    }
}
