import ByteCoding
import X86

/// The payload of a keyframe chunk.
struct KeyframeRecord {
    /// The number of keyframes before this one.
    var number: UInt32
    var position: KeyframePosition
    var digest: StateDigest
    /// The number of pages that changed since the keyframe before.
    var changedPages: Int
    /// The chunks of this keyframe's page table: the first page that each lists, and its position.
    var tables: [TablePart]
    /// The state is stored as the difference from the state of an earlier keyframe: this many keyframes before; 0 if
    /// the state is stored whole.
    var stateBase: UInt32
    /// The state's canonical encoding, XORed with the beginning of the base's.
    var state: [UInt8]

    struct TablePart: Equatable {
        var firstPage: UInt64
        var position: UInt64
    }

    /// The payload of a chunk that will be at `position`.
    func encoded(at position: UInt64) -> [UInt8] {
        var writer = ByteWriter(capacity: state.count + 256)
        writer.writeVarint(UInt64(number))
        writer.write(self.position.rawValue)
        digest.encode(to: &writer)
        writer.writeVarint(UInt64(changedPages))
        writer.writeVarint(UInt64(tables.count))
        var previousPage: UInt64 = 0
        for table in tables {
            writer.writeVarint(table.firstPage - previousPage)
            writer.writeVarint(position - table.position)
            previousPage = table.firstPage
        }
        writer.writeVarint(UInt64(stateBase))
        writer.writeVarint(UInt64(state.count))
        writer.write(bytes: state)
        return writer.bytes
    }

    /// Reads the payload of a chunk at `position`.
    init(_ payload: RawSpan, at chunkPosition: UInt64) throws(ByteCodingError) {
        var cursor = ByteCursor(payload)
        number = UInt32(try cursor.readCount(limit: Int(UInt32.max)))
        let rawPosition: UInt8 = try cursor.read()
        guard let position = KeyframePosition(rawValue: rawPosition) else {
            throw .invalidValue(field: "keyframe position", value: UInt64(rawPosition))
        }
        self.position = position
        digest = try StateDigest(from: &cursor)
        changedPages = try cursor.readCount(limit: Int(Limits.memoryTop) / Limits.pageBytes)
        tables = []
        var page: UInt64 = 0
        for _ in 0..<(try cursor.readCount(limit: Int(Limits.memoryTop) / Limits.pageBytes / Limits.pageTableEntries)) {
            let step = try cursor.readVarint()
            guard step > 0 || tables.isEmpty, step < Limits.memoryTop, page + step < Limits.memoryTop / 4096 else {
                throw .invalidValue(field: "page number", value: step)
            }
            page += step
            let distance = try cursor.readVarint()
            // Parts are in the order of their pages, in which they were written, so no chunk serves as two parts.
            guard distance > 0, distance < chunkPosition,
                chunkPosition - distance > tables.last?.position ?? 0
            else { throw .invalidValue(field: "table distance", value: distance) }
            tables.append(TablePart(firstPage: page, position: chunkPosition - distance))
        }
        stateBase = UInt32(try cursor.readCount(limit: Int(Limits.stateAnchorInterval) - 1))
        guard stateBase <= number else { throw .invalidValue(field: "state base", value: UInt64(stateBase)) }
        state = try cursor.readBytes(count: cursor.readCount(limit: Limits.stateBytes))
        try cursor.expectEnd()
    }

    init(
        number: UInt32,
        position: KeyframePosition,
        digest: StateDigest,
        changedPages: Int,
        tables: [TablePart],
        stateBase: UInt32,
        state: [UInt8]
    ) {
        self.number = number
        self.position = position
        self.digest = digest
        self.changedPages = changedPages
        self.tables = tables
        self.stateBase = stateBase
        self.state = state
    }

    /// `bytes` with the beginning of `base` XORed into it. Equal bytes become zero, and zeros compress to almost
    /// nothing.
    static func difference(_ bytes: [UInt8], from base: [UInt8]) -> [UInt8] {
        var result = bytes
        for index in 0..<min(bytes.count, base.count) { result[index] ^= base[index] }
        return result
    }
}
