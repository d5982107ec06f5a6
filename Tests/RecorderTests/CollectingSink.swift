import Devices
import Engine
import TraceFormat

@testable import Recorder

/// Keeps the events of a run.
struct CollectingSink: EventSink {
    private(set) var events: [Event] = []
    private var keyframes: UInt32 = 0

    /// After how many events it fails, or nil.
    var failsAt: UInt64?
    /// How many bytes each event takes.
    var eventSize: UInt64 = 0

    var failure: TraceError? { failsAt.map { eventCount >= $0 } ?? false ? .noThread(errno: 11) : nil }
    var byteCount: UInt64 { eventCount * eventSize }
    var eventCount: UInt64 { UInt64(events.count) }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64) {
        events.append(event)
    }

    mutating func appendPortAccess(
        _ access: PortAccess,
        isWrite: Bool,
        rip: UInt64,
        at time: MachineTime,
        instructions: UInt64
    ) {
        events.append(isWrite ? .portWrite(access) : .portRead(access))
    }

    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime,
        instructions: UInt64
    ) {
        events.append(.keyframe(number: keyframes, position))
        keyframes += 1
    }

    consuming func abandon() {}
}
