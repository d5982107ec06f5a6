public import TraceFormat

/// Chrome's trace event format, which Perfetto's viewer opens: an instant for each event, on a track for each kind, and the
/// time that the guest was halted.
///
/// A trace has the time in milliseconds. Events of the same millisecond are a nanosecond apart, so that they keep their order.
public struct PerfettoExport: TraceExport {
    private let guest: String
    /// Nanoseconds since the recording began, of the last event.
    private var time: UInt64 = 0
    private var haltTime: UInt64?
    private var isFirst = true

    /// The track of halted time. The others have the number of their kind, which is above 0 with this added.
    private static let haltTrack = 100

    /// Begins to export a trace of this guest.
    public init(guest: String) {
        self.guest = guest
    }

    /// The opening of the object, and the names of the tracks.
    public mutating func start() -> String {
        var text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
        text += metadata("process_name", track: 0, guest)
        for kind in Event.Kind.allCases { text += metadata("thread_name", track: Self.track(of: kind), kind.name) }
        text += metadata("thread_name", track: Self.haltTrack, "halted")
        return text
    }

    /// An instant for the event, and the halted time that it ends.
    public mutating func take(_ recorded: RecordedEvent) -> String {
        time = max(time + 1, UInt64(recorded.time) * 1_000_000)
        var text = ""
        if let start = haltTime, !recorded.event.isOfTheRecorder {
            haltTime = nil
            text += line(
                "{\"ph\":\"X\",\"name\":\"halted\",\"pid\":1,\"tid\":\(Self.haltTrack),\"ts\":\(Self.microseconds(start)),"
                    + "\"dur\":\(Self.microseconds(time - start))}"
            )
        }
        if recorded.event == .halt { haltTime = time }
        let rip = recorded.rip == 0 ? "" : ",\"rip\":\"0x\(String(recorded.rip, radix: 16))\""
        text += line(
            "{\"ph\":\"i\",\"s\":\"t\",\"name\":\(JSONText.quoted("\(recorded.event)")),\"pid\":1,"
                + "\"tid\":\(Self.track(of: recorded.event.kind)),\"ts\":\(Self.microseconds(time)),"
                + "\"args\":{\"event\":\(recorded.ordinal)\(rip)}}"
        )
        return text
    }

    /// The end of the object.
    public mutating func finish() -> String { "\n]}\n" }

    private static func track(of kind: Event.Kind) -> Int { Int(kind.rawValue) + 1 }

    private mutating func metadata(_ name: String, track: Int, _ value: String) -> String {
        line(
            "{\"ph\":\"M\",\"name\":\"\(name)\",\"pid\":1,\"tid\":\(track),\"args\":{\"name\":\(JSONText.quoted(value))}}"
        )
    }

    /// The format's unit, with nanoseconds as decimals.
    private static func microseconds(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds % 1000)
        return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    private mutating func line(_ object: String) -> String {
        defer { isFirst = false }
        return isFirst ? object : ",\n" + object
    }
}
