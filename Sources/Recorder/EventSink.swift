internal import Devices
internal import Engine
internal import TraceFormat

/// Takes the events of a run in order.
protocol EventSink: ~Copyable {
    /// Takes one event. It does not allocate for events without a payload. If it has no room, it waits and never loses
    /// an event.
    ///
    /// - Parameter instructions: how many were executed since the event before; 0 if the engine does not count.
    mutating func append(_ event: Event, rip: UInt64, at time: MachineTime, instructions: UInt64)

    /// Takes an access to a port, as ``append(_:rip:at:instructions:)`` takes other events. Most events are one: making
    /// an ``Event`` of it first would cost more than keeping it.
    mutating func appendPortAccess(
        _ access: PortAccess,
        isWrite: Bool,
        rip: UInt64,
        at time: MachineTime,
        instructions: UInt64
    )

    /// Takes the present state of the processor and of its memory.
    ///
    /// - Parameter instructions: how many were executed since the event before; 0 if the engine does not count.
    mutating func appendKeyframe<P: Processor & ~Copyable>(
        of processor: inout P,
        position: KeyframePosition,
        at time: MachineTime,
        instructions: UInt64
    ) throws(EngineError)

    /// Why it can take no more events, or nil.
    var failure: TraceError? { get }

    /// How many events it has taken.
    var eventCount: UInt64 { get }

    /// How many bytes the events occupy so far.
    var byteCount: UInt64 { get }

    /// Stops, and discards everything it has taken.
    consuming func abandon()
}
