public import TraceFormat

/// One change of watched memory.
public struct MemoryChange: Sendable {
    /// The last moment at which the bytes were the old ones.
    public var before: Moment
    /// The first moment at which they were the new ones. One instruction or event later, unless its cause is not exact.
    public var moment: Moment
    /// What they were.
    public var old: [UInt8]
    /// What they became.
    public var new: [UInt8]
    /// Who wrote.
    public var cause: ChangeCause
}

extension MemoryChange: CustomStringConvertible {
    /// For people: a line for what, and one for who.
    public var description: String {
        let place = cause.isExact ? "moment \(moment)" : "between \(before) and \(moment)"
        return ["\(place)  \(Self.hex(old)) -> \(Self.hex(new))", "  \(cause)"].printableText
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return shown.joined(separator: " ") + (bytes.count > 16 ? " ..." : "")
    }
}
