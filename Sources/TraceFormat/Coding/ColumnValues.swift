import ByteCoding

/// Values of events that are being decoded. They stay in the same memory from chunk to chunk.
struct ColumnValues {
    private var storage: [UInt64] = []
    /// How many there are.
    private(set) var count = 0

    /// The values, and after them what is left of earlier chunks.
    var span: Span<UInt64> {
        @_lifetime(borrow self) get { storage.span }
    }

    /// Forgets all values.
    mutating func removeAll() { count = 0 }

    /// Appends little-endian values of 1 to 8 bytes; there must be `count` times `width` bytes.
    ///
    /// - Returns: the bits that any of them has.
    mutating func append(_ bytes: RawSpan, width: Int, count added: Int) -> UInt64 {
        makeRoom(for: added)
        let first = count
        count += added
        var target = storage.mutableSpan
        var all: UInt64 = 0
        guard width > 1 else {
            for index in 0..<added {
                // SAFETY: the span has as many bytes as values are added.
                let value = UInt64(unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
                target[first + index] = value
                all |= value
            }
            return all
        }
        let mask = UInt64.max >> UInt64(64 - 8 * width)
        // As long as eight bytes are left, one load takes a value with what follows it.
        let whole = bytes.byteCount < 8 ? 0 : min(added, (bytes.byteCount - 8) / width + 1)
        for index in 0..<whole {
            // SAFETY: the value and the bytes after it that are loaded too are within the span.
            let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * width, as: UInt64.self) & mask
            target[first + index] = value
            all |= value
        }
        for index in whole..<added {
            var value: UInt64 = 0
            for place in 0..<width {
                // SAFETY: index and place are below count and width, whose product is the span's size.
                let byte = unsafe bytes.unsafeLoad(fromByteOffset: index * width + place, as: UInt8.self)
                value |= UInt64(byte) << UInt64(8 * place)
            }
            target[first + index] = value
            all |= value
        }
        return all
    }

    /// Appends values that are stored as differences from the one before.
    ///
    /// - Returns: the bits that any of them has.
    mutating func append(
        differencesFrom cursor: inout ByteCursor,
        count added: Int
    ) throws(ByteCodingError) -> UInt64 {
        makeRoom(for: added)
        let first = count
        count += added
        var target = storage.mutableSpan
        var (value, all): (UInt64, UInt64) = (0, 0)
        for index in 0..<added {
            value &+= ZigZag.decode(try cursor.readVarint())
            target[first + index] = value
            all |= value
        }
        return all
    }

    private mutating func makeRoom(for added: Int) {
        if storage.count < count + added { storage += repeatElement(0, count: count + added - storage.count) }
    }
}
