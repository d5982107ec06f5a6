public import TraceFormat

/// One change of watched memory.
public struct MemoryChange: Sendable {
    /// The last moment with the old bytes.
    public var before: Moment
    /// The first moment with the new bytes. It is one instruction or event later, unless the cause is not exact.
    public var moment: Moment
    /// The old bytes.
    public var old: [UInt8]
    /// The new bytes.
    public var new: [UInt8]
    /// What wrote them.
    public var cause: ChangeCause
}

extension MemoryChange: CustomStringConvertible {
    /// A description for people: one line for the change and one for its cause.
    public var description: String {
        let place = cause.isExact ? "moment \(moment)" : "between \(before) and \(moment)"
        return ["\(place)  \(Self.hex(old)) -> \(Self.hex(new))", "  \(cause)"].printableText
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return shown.joined(separator: " ") + (bytes.count > 16 ? " ..." : "")
    }
}
