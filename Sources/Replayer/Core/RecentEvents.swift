internal import TraceFormat

/// The last few events of a replay, for its report.
struct RecentEvents {
    private static let capacity = 10

    private var ring: [RecordedEvent] = []
    private var next = 0

    init() {
        ring.reserveCapacity(Self.capacity)
    }

    mutating func append(_ event: RecordedEvent) {
        if ring.count < Self.capacity {
            ring.append(event)
        } else {
            ring[next] = event
            next = (next + 1) % Self.capacity
        }
    }

    /// The events, oldest first.
    var inOrder: [RecordedEvent] { Array(ring[next...] + ring[..<next]) }
}
