internal import TraceFormat

/// Reads what happened to a guest, without the keyframes: those are the recorder's, and two recordings of one run may have
/// them at different places.
struct GuestEventCursor {
    /// What happened, and the state in which it did where that was between two exits.
    struct GuestEvent {
        var recorded: RecordedEvent
        var landing: KeyframeEntry?
    }

    /// Bounds what a long stretch of nothing else costs.
    private static let kept = 1 << 16

    private let reader: TraceReader
    /// What is passed over; nil for nothing.
    private var filter: InputFilter?
    private var cursor: EventCursor
    /// What was passed over since the last event that was given, from the first on.
    private(set) var passedOver: [RecordedEvent] = []

    init(_ reader: TraceReader, from first: EventOrdinal, ignoring ignored: Set<IgnoredInput> = []) {
        self.reader = reader
        filter = ignored.isEmpty ? nil : InputFilter(ignored)
        cursor = reader.events(from: first)
    }

    /// The next one; nil at the end of the trace.
    mutating func next() throws(TraceError) -> GuestEvent? {
        passedOver.removeAll(keepingCapacity: true)
        var landing: UInt32?
        while let recorded = try cursor.next() {
            if case .keyframe(let number, let position) = recorded.event {
                landing = position == .asynchronous ? number : nil
            } else if recorded.event.isOfTheRecorder {
                landing = nil
            } else if filter?.covers(recorded.event) ?? false {
                if passedOver.count < Self.kept { passedOver.append(recorded) }
                landing = nil
            } else {
                let entry = try landing.map { number throws(TraceError) in try reader.keyframeEntry(Int(number)) }
                return GuestEvent(recorded: recorded, landing: entry)
            }
        }
        return nil
    }
}
