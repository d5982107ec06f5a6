import ByteCoding

extension ELFFile {
    fileprivate struct Note {
        var owner: [UInt8]
        var kind: UInt32
        var description: [UInt8]
    }

    private static let noteSegment: UInt32 = 4
    /// The most notes that are read.
    private static let noteLimit = 4096

    /// Xen's note PHYS32_ENTRY: where a PVH loader enters the kernel, in 32-bit mode without paging.
    var physicalEntry: UInt64? {
        get throws(MachineError) {
            guard let note = try notes.first(where: { $0.isXen && $0.kind == 18 }) else { return nil }
            guard note.description.count == 4 || note.description.count == 8 else {
                throw .malformed("ELF file", "its PVH note has \(note.description.count) bytes instead of 4 or 8")
            }
            return note.description.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Whether a note identifies the file as Linux: Linux's own note, or the one that it has for Xen.
    var isLinux: Bool {
        get throws(MachineError) {
            try notes.contains { note in
                note.owner == Array("Linux\0".utf8)
                    || (note.isXen && note.kind == 6 && note.description.starts(with: "linux".utf8))
            }
        }
    }

    /// The contents of Solo5's notes of one kind, in order.
    func solo5Notes(_ kind: UInt32) throws(MachineError) -> [[UInt8]] {
        try notes.filter { $0.owner == Array("Solo5\0".utf8) && $0.kind == kind }.map(\.description)
    }

    private var notes: [Note] {
        get throws(MachineError) {
            var notes: [Note] = []
            for segment in segments where segment.kind == Self.noteSegment {
                let range = try file.range(at: segment.offset, count: segment.fileSize, "the notes")
                var cursor = ByteCursor(file.bytes.rawSpan.extracting(range))
                while cursor.remaining >= 12, notes.count < Self.noteLimit {
                    do { notes.append(try Self.readNote(&cursor)) } catch {
                        throw .malformed("ELF file", "its notes: \(error)")
                    }
                }
            }
            return notes
        }
    }

    /// Owner and description are each padded to a multiple of 4 bytes.
    private static func readNote(_ cursor: inout ByteCursor) throws(ByteCodingError) -> Note {
        let ownerSize: UInt32 = try cursor.read()
        let descriptionSize: UInt32 = try cursor.read()
        let kind: UInt32 = try cursor.read()
        let owner = try cursor.readBytes(count: Int(ownerSize))
        _ = try cursor.readBytes(count: min(cursor.remaining, -Int(ownerSize) & 3))
        let description = try cursor.readBytes(count: Int(descriptionSize))
        _ = try cursor.readBytes(count: min(cursor.remaining, -Int(descriptionSize) & 3))
        return Note(owner: owner, kind: kind, description: description)
    }
}

extension ELFFile.Note {
    fileprivate var isXen: Bool { owner == Array("Xen\0".utf8) }
}
