internal import Devices
internal import Engine
internal import TraceFormat

/// Takes the events of a run, in order.
protocol EventSink: ~Copyable {
    /// Takes one event. Allocates nothing for events without payload, and waits rather than lose one.
    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime)

    /// Takes the processor's and its memory's present state.
    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime
    ) throws(EngineError)

    /// Why nothing can be taken any more, if that is so: cheap enough to ask at every event.
    var failure: TraceError? { get }

    /// How many events were taken.
    var eventCount: UInt64 { get }

    /// Bytes that they take up so far: cheap enough to ask at every event.
    var byteCount: UInt64 { get }

    /// Stops, and leaves nothing of what was taken.
    consuming func abandon()
}
