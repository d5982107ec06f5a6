public import TraceFormat

/// One trace of a list.
public struct TraceLine: Codable, Hashable, Sendable {
    /// The file's name.
    public var name: String
    /// When it was recorded, in UTC; nil for a file that cannot be read.
    public var recorded: String?
    /// The guest's name; nil for a file that cannot be read.
    public var guest: String?
    /// How many events it has.
    public var events: UInt64?
    /// The file's size in bytes.
    public var bytes: UInt64?
    /// How the run ended, or why the file cannot be read.
    public var outcome: String

    /// A trace that can be read.
    public init(name: String, _ info: TraceInfo) {
        self.name = name
        recorded = info.date
        guest = info.header.guest.name
        events = info.eventCount
        bytes = info.byteCount
        outcome = info.outcome.map { "\($0)" } ?? info.missing ?? "the trace has no end"
    }

    /// A file that cannot be read.
    public init(name: String, _ error: TraceError) {
        self.name = name
        outcome = "\(error)"
    }

    /// One line.
    public var text: String {
        guard let recorded, let events, let bytes else { return "\(name): \(outcome)" }
        let cells = [(name, 24), (recorded, 22), (Quantity.count(events), -11), (Quantity.bytes(bytes), -11)]
        let columns = cells.map { text, width in
            let padding = String(repeating: " ", count: max(0, abs(width) - text.count))
            return width > 0 ? text + padding : padding + text
        }
        return (columns + [" " + outcome]).joined(separator: " ")
    }

    /// One JSON object on one line.
    ///
    /// - Throws: nothing that can be foreseen.
    public func json() throws -> String { try JSONText.object(self) }
}
