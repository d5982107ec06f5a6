internal import Devices
internal import Engine
internal import TraceFormat

/// Keeps only the last events, for a run without a recording. They go into the report if the run ends in a fault.
struct TailSink: EventSink {
    private(set) var eventCount: UInt64 = 0
    /// A ring buffer. Once it is full, its oldest event is at ``oldest``.
    private var ring: [RecordedEvent] = []
    private var oldest = 0

    init() { ring.reserveCapacity(FaultReport.eventLimit) }

    /// The last events, oldest first.
    var events: [RecordedEvent] { Array(ring[oldest...] + ring[..<oldest]) }

    var failure: TraceError? { nil }

    var byteCount: UInt64 { 0 }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64) {
        let recorded = RecordedEvent(
            ordinal: EventOrdinal(eventCount),
            time: UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000),
            rip: rip,
            event: event
        )
        eventCount += 1
        if ring.count < FaultReport.eventLimit {
            ring.append(recorded)
        } else {
            ring[oldest] = recorded
            oldest = (oldest + 1) % FaultReport.eventLimit
        }
    }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime,
        instructions: UInt64
    ) {}

    consuming func abandon() {}
}
