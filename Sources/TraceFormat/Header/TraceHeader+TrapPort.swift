extension TraceHeader {
    private static let trapPortKey = "trap port"

    /// A remark that says through which private ports patched code traps, for a trace whose ``patches`` do not: instructions
    /// that the recorder found during the run are replaced by device writes.
    public static func trapPort(_ base: UInt8) -> Note {
        Note(key: trapPortKey, value: "0x" + String(base, radix: 16))
    }

    /// The first of the private ports as a remark says it; nil where none does.
    public var notedTrapPort: UInt8? {
        notes.first { $0.key == Self.trapPortKey }.flatMap { note in
            note.value.hasPrefix("0x") ? UInt8(note.value.dropFirst(2), radix: 16) : nil
        }
    }
}
