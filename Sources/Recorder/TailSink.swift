internal import Devices
internal import Engine
internal import TraceFormat
internal import X86

/// Keeps only the last events, for a run without a recording. They go into the report if the run ends in a fault.
struct TailSink: EventSink {
    /// An access to a port, which is what most events are. It has no payload that would have to be released.
    private struct PortEvent {
        var access = PortAccess(port: Port(0), size: .byte, value: 0)
        var isWrite = false
        var ordinal = UInt64.max
        var rip: UInt64 = 0
        var time = MachineTime.start

        var recorded: RecordedEvent {
            RecordedEvent(ordinal, at: time, rip: rip, isWrite ? .portWrite(access) : .portRead(access))
        }
    }

    /// A power of two above the number of events that are kept.
    private static var capacity: Int { 16 }

    private(set) var eventCount: UInt64 = 0
    /// The last events, each at the remainder of its ordinal: an access to a port in one list, anything else in the other.
    private var accesses = InlineArray<16, PortEvent>(repeating: PortEvent())
    private var others = [RecordedEvent?](repeating: nil, count: capacity)

    /// The last events, oldest first.
    var events: [RecordedEvent] {
        let first = eventCount - min(eventCount, UInt64(FaultReport.eventLimit))
        return (first..<eventCount).compactMap { ordinal in
            let slot = slot(of: ordinal)
            return accesses[slot].ordinal == ordinal ? accesses[slot].recorded : others[slot]
        }
    }

    var failure: TraceError? { nil }

    var byteCount: UInt64 { 0 }

    mutating func appendPortAccess(
        _ access: PortAccess,
        isWrite: Bool,
        rip: UInt64,
        at time: MachineTime,
        instructions: UInt64
    ) {
        accesses[slot(of: eventCount)] = PortEvent(
            access: access,
            isWrite: isWrite,
            ordinal: eventCount,
            rip: rip,
            time: time
        )
        eventCount += 1
    }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64) {
        others[slot(of: eventCount)] = RecordedEvent(eventCount, at: time, rip: rip, event)
        eventCount += 1
    }

    private func slot(of ordinal: UInt64) -> Int { Int(truncatingIfNeeded: ordinal) & (Self.capacity - 1) }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime,
        instructions: UInt64
    ) {}

    consuming func abandon() {}
}

extension RecordedEvent {
    fileprivate init(_ ordinal: UInt64, at time: MachineTime, rip: UInt64, _ event: Event) {
        self.init(
            ordinal: EventOrdinal(ordinal),
            time: UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000),
            rip: rip,
            event: event
        )
    }
}
