import ByteCoding

/// The part of events that repeats: everything except data and time. A chunk lists each shape once.
struct EventShape: Equatable {
    var form: EventForm
    var rip: UInt64

    init(_ record: EventRecord) {
        form = record.form
        rip = record.rip
    }

    /// A hash that distributes shapes over a table.
    var hash: UInt64 { ((rip &* 0x9E37_79B9_7F4A_7C15) ^ form.rawValue) &* 0xD6E8_FEB8_6659_FD93 }

    func encode(to writer: inout ByteWriter, after previousRIP: UInt64) {
        writer.write(bytes: [form.kind, form.detail, form.flags])
        writer.writeVarint(UInt64(form.key))
        writer.writeVarint(ZigZag.encode(rip &- previousRIP))
    }

    init(from cursor: inout ByteCursor, after previousRIP: UInt64) throws(ByteCodingError) {
        form = EventForm(kind: try cursor.read())
        form.detail = try cursor.read()
        form.flags = try cursor.read()
        let key = try cursor.readVarint()
        guard let key = UInt32(exactly: key) else { throw .invalidValue(field: "event key", value: key) }
        form.key = key
        rip = previousRIP &+ ZigZag.decode(try cursor.readVarint())
    }
}
