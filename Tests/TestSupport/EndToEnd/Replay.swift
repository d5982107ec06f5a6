public import Replayer
public import TraceFormat

/// One replay, in a machine of its own.
public struct Replay: Sendable {
    /// What it found.
    public var result: Result<ReplayReport, Divergence>
    /// The events that it visited.
    public var visited: [RecordedEvent] = []

    /// Replays a trace.
    public init(_ reader: TraceReader, landing: Landing = .auto) throws {
        var session = try KVMReplaySession(reader, landing: landing)
        var visited: [RecordedEvent] = []
        result = try session.run { visited.append($0) }
        self.visited = visited
    }

    /// What the guest showed.
    public var console: [UInt8] { visited.flatMap(\.event.consoleBytes) }

    /// Where and how it was no longer the recording; nil if it was to the end.
    public var divergence: Divergence? {
        guard case .failure(let divergence) = result else { return nil }
        return divergence
    }

    /// The event at which it was no longer the recording; nil if it was to the end.
    public var firstDifference: EventOrdinal? { divergence?.moment.event }
}
