import ByteCoding

/// The part of events that repeats: everything except data and time. A chunk lists each shape once.
struct EventShape: Equatable {
    var kind: UInt8
    var detail: UInt8
    var flags: UInt8
    var key: UInt32
    var rip: UInt64

    init(_ record: EventRecord) {
        kind = record.kind
        detail = record.detail
        flags = record.flags
        key = record.key
        rip = record.rip
    }

    /// A hash that distributes shapes over a table.
    var hash: UInt64 {
        let small = UInt64(kind) << 48 | UInt64(detail) << 40 | UInt64(flags) << 32 | UInt64(key)
        return ((rip &* 0x9E37_79B9_7F4A_7C15) ^ small) &* 0xD6E8_FEB8_6659_FD93
    }

    func encode(to writer: inout ByteWriter, after previousRIP: UInt64) {
        writer.write(bytes: [kind, detail, flags])
        writer.writeVarint(UInt64(key))
        writer.writeVarint(ZigZag.encode(rip &- previousRIP))
    }

    init(from cursor: inout ByteCursor, after previousRIP: UInt64) throws(ByteCodingError) {
        kind = try cursor.read()
        detail = try cursor.read()
        flags = try cursor.read()
        let key = try cursor.readVarint()
        guard let key = UInt32(exactly: key) else { throw .invalidValue(field: "event key", value: key) }
        self.key = key
        rip = previousRIP &+ ZigZag.decode(try cursor.readVarint())
    }
}
