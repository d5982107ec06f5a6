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
    private var list = TraceEventList()

    /// The track of halted time. The others have the number of their kind, which is above 0 with this added.
    private static let haltTrack = 100

    /// Begins to export a trace of this guest.
    public init(guest: String) {
        self.guest = guest
    }

    /// The opening of the object, and the names of the tracks.
    public mutating func start() -> String {
        var text = list.opening(unit: "ms")
        text += list.name("process_name", track: 0, guest)
        for kind in Event.Kind.allCases { text += list.name("thread_name", track: Self.track(of: kind), kind.name) }
        text += list.name("thread_name", track: Self.haltTrack, "halted")
        return text
    }

    /// An instant for the event, and the halted time that it ends.
    public mutating func take(_ recorded: RecordedEvent) -> String {
        time = max(time + 1, UInt64(recorded.time) * 1_000_000)
        var text = ""
        if let start = haltTime, !recorded.event.isOfTheRecorder {
            haltTime = nil
            text += list.event(
                "{\"ph\":\"X\",\"name\":\"halted\",\"pid\":1,\"tid\":\(Self.haltTrack),\"ts\":\(TraceEventList.microseconds(start)),"
                    + "\"dur\":\(TraceEventList.microseconds(time - start))}"
            )
        }
        if recorded.event == .halt { haltTime = time }
        let rip = recorded.rip == 0 ? "" : ",\"rip\":\"0x\(String(recorded.rip, radix: 16))\""
        text += list.event(
            "{\"ph\":\"i\",\"s\":\"t\",\"name\":\(JSONText.quoted("\(recorded.event)")),\"pid\":1,"
                + "\"tid\":\(Self.track(of: recorded.event.kind)),\"ts\":\(TraceEventList.microseconds(time)),"
                + "\"args\":{\"event\":\(recorded.ordinal)\(rip)}}"
        )
        return text
    }

    /// The end of the object.
    public mutating func finish() -> String { list.closing }

    private static func track(of kind: Event.Kind) -> Int { Int(kind.rawValue) + 1 }
}
