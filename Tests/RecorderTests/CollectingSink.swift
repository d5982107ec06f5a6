import Devices
import Engine
import TraceFormat

@testable import Recorder

/// Keeps the events of a run.
struct CollectingSink: EventSink {
    private(set) var events: [Event] = []
    private var keyframes: UInt32 = 0

    let failure: TraceError? = nil
    let byteCount: UInt64 = 0
    var eventCount: UInt64 { UInt64(events.count) }

    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64) {
        events.append(event)
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
