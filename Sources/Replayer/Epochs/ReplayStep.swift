public import TraceFormat

/// What a replay has come past.
public enum ReplayStep: Sendable {
    /// An event.
    case event(RecordedEvent)
    /// So many exits that nobody wants to see.
    case exits(UInt64)

    /// How many events that are.
    public var count: UInt64 {
        switch self {
        case .event: 1
        case .exits(let count): count
        }
    }
}
