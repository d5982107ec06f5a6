public import TraceFormat

/// The console as a terminal session, in version 2 of asciinema's format.
///
/// The guest's control characters are in it, because a terminal is to obey them; in the file itself they are escaped.
public struct AsciicastExport: TraceExport {
    private let title: String
    private let timestamp: Int64
    private var pending: [UInt8] = []
    private var time: UInt32 = 0

    /// Begins to export a trace.
    public init(_ header: TraceHeader) {
        title = header.guest.name
        timestamp = header.creationTime
    }

    /// The header, on a line of its own.
    public func start() -> String {
        "{\"version\":2,\"width\":80,\"height\":25,\"timestamp\":\(timestamp),\"title\":\(JSONText.quoted(title))}\n"
    }

    /// The text of the millisecond before, once an event of a later one shows something.
    public mutating func take(_ recorded: RecordedEvent) -> String {
        let bytes = recorded.event.consoleBytes
        guard !bytes.isEmpty else { return "" }
        let text = recorded.time == time ? "" : flush(isEnd: false)
        time = recorded.time
        pending += bytes
        return text
    }

    /// The rest of the text.
    public mutating func finish() -> String { flush(isEnd: true) }

    /// The bytes of one millisecond. A character that is not whole waits for its other bytes.
    private mutating func flush(isEnd: Bool) -> String {
        let kept = isEnd ? 0 : Self.unfinished(pending)
        let whole = pending.dropLast(kept)
        guard !whole.isEmpty else { return "" }
        let text = String(decoding: whole, as: UTF8.self)
        pending = Array(pending.suffix(kept))
        let rest = String(time % 1000)
        let seconds = "\(time / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
        return "[\(seconds),\"o\",\(JSONText.quoted(text))]\n"
    }

    /// How many bytes at the end begin a character of UTF-8 that needs more.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for (index, byte) in bytes.reversed().prefix(3).enumerated() {
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > index + 1 ? index + 1 : 0
        }
        return 0
    }
}
