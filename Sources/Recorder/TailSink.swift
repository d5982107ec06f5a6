internal import Devices
internal import Engine
internal import TraceFormat

/// Passes events on and remembers the last of them, for the report of a run that ends in a fault.
struct TailSink<Inner: EventSink & ~Copyable>: EventSink, ~Copyable {
    private static var capacity: Int { 10 }

    private var inner: Inner
    /// A ring: the oldest stands at ``oldest`` once it is full.
    private var ring: [RecordedEvent] = []
    private var oldest = 0

    init(_ inner: consuming Inner) {
        self.inner = inner
        ring.reserveCapacity(Self.capacity)
    }

    /// The sink that the events were passed to.
    consuming func finish() -> Inner { inner }

    consuming func abandon() { inner.abandon() }

    /// The last events, the oldest first.
    var events: [RecordedEvent] { Array(ring[oldest...] + ring[..<oldest]) }

    var failure: TraceError? { inner.failure }

    var eventCount: UInt64 { inner.eventCount }

    var byteCount: UInt64 { inner.byteCount }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime) {
        let recorded = RecordedEvent(
            ordinal: EventOrdinal(inner.eventCount),
            time: UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000),
            rip: rip,
            event: event
        )
        inner.append(event, rip: rip, at: time)
        if ring.count < Self.capacity {
            ring.append(recorded)
        } else {
            ring[oldest] = recorded
            oldest = (oldest + 1) % Self.capacity
        }
    }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime
    ) throws(EngineError) {
        try inner.appendKeyframe(of: &processor, position: position, at: time)
    }
}
