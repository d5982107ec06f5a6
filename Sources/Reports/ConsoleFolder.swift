internal import Platform
public import TraceFormat
internal import X86

/// Puts the bytes that a guest shows on its console one by one together into lines, with the reads of the line status by
/// which it waits for the transmitter. Everything else is passed on as it is.
public struct ConsoleFolder {
    /// What a list of events shows.
    public enum Entry: Hashable, Sendable {
        /// One event.
        case event(RecordedEvent)
        /// Events that showed a line or a part of one: the first event, the last one, and what was shown.
        case console(first: RecordedEvent, last: RecordedEvent, bytes: [UInt8])
    }

    /// How often a guest may read the line status for one byte. One that reads it more often does something else.
    private static let mostPolls = 16
    /// The longest line that is kept together.
    private static let longestLine = 4096

    private static let statusPorts = Set(SerialPort.allCases.map { $0.port(.lineStatus) })

    private var bytes: [UInt8] = []
    private var first: RecordedEvent?
    private var last: RecordedEvent?
    /// Reads of the line status since the last byte.
    private var polls: [RecordedEvent] = []

    /// Begins between two lines.
    public init() {}

    /// Takes the next event.
    ///
    /// - Returns: what is complete with it, in order.
    public mutating func take(_ recorded: RecordedEvent) -> [Entry] {
        if case .portRead(let access) = recorded.event, Self.statusPorts.contains(access.port) {
            polls.append(recorded)
            return polls.count > Self.mostPolls ? finish() : []
        }
        guard case .portWrite(let access) = recorded.event, access.isConsole else {
            return finish() + [.event(recorded)]
        }
        if first == nil { first = polls.first ?? recorded }
        polls = []
        bytes.append(access.firstByte)
        last = recorded
        let isWhole = access.firstByte == UInt8(ascii: "\n") || bytes.count == Self.longestLine
        return isWhole ? finish() : []
    }

    /// Gives what is left of the events so far.
    public mutating func finish() -> [Entry] {
        var entries: [Entry] = []
        if let first, let last { entries.append(.console(first: first, last: last, bytes: bytes)) }
        entries += polls.map { .event($0) }
        (first, last, bytes, polls) = (nil, nil, [], [])
        return entries
    }
}

extension ConsoleFolder.Entry: CustomStringConvertible {
    /// The event, or the numbers of the events, the time of the first and the text.
    public var description: String {
        switch self {
        case .event(let recorded): "\(recorded)"
        case .console(let first, let last, let bytes):
            "\(first.ordinal)-\(last.ordinal)  \(RecordedEvent.seconds(first.time))  console \(Self.quoted(bytes))"
        }
    }

    /// What was shown, between quotes; a line's end is `\n`.
    static func quoted(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return "\""
            + text.unicodeScalars.reduce(into: "") { result, scalar in
                switch scalar {
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\"": result += "\\\""
                default: result.unicodeScalars.append(scalar)
                }
            } + "\""
    }
}
