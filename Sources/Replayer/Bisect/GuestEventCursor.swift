internal import TraceFormat

/// Reads the guest's events without keyframes. The recorder makes keyframes, and two recordings of the same run may
/// have them at different places.
struct GuestEventCursor {
    /// An event, and the state in which it happened if that was between two exits.
    struct GuestEvent {
        var recorded: RecordedEvent
        var landing: KeyframeEntry?
        /// The instructions since the last event of the guest; nil if the trace does not count them.
        var instructions: UInt64?
    }

    /// The most skipped events that are kept. This bounds the cost of a long stretch with nothing else.
    private static let kept = 1 << 16

    private let reader: TraceReader
    /// Selects the events to skip; nil to skip none.
    private var filter: InputFilter?
    private var cursor: EventCursor
    /// The events that were skipped since the last returned event, oldest first.
    private(set) var passedOver: [RecordedEvent] = []

    init(_ reader: TraceReader, from first: EventOrdinal, ignoring ignored: Set<IgnoredInput> = []) {
        self.reader = reader
        filter = ignored.isEmpty ? nil : InputFilter(ignored)
        cursor = reader.events(from: first)
    }

    /// The next event; nil at the end of the trace.
    mutating func next() throws(TraceError) -> GuestEvent? {
        passedOver.removeAll(keepingCapacity: true)
        var landing: UInt32?
        var instructions: UInt64 = 0
        while let recorded = try cursor.next() {
            instructions &+= recorded.instructions ?? 0
            if case .keyframe(let number, let position) = recorded.event {
                landing = position == .asynchronous ? number : nil
            } else if recorded.event.isOfTheRecorder {
                landing = nil
            } else if filter?.covers(recorded.event) ?? false {
                if passedOver.count < Self.kept { passedOver.append(recorded) }
                landing = nil
            } else {
                let entry = try landing.map { number throws(TraceError) in try reader.keyframeEntry(Int(number)) }
                return GuestEvent(
                    recorded: recorded,
                    landing: entry,
                    instructions: recorded.instructions.map { _ in instructions }
                )
            }
        }
        return nil
    }
}
