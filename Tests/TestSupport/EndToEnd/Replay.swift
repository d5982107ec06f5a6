import Engine
public import Engines
public import Replayer
public import TraceFormat

/// One replay, in a new machine.
public struct Replay: Sendable {
    /// What it found.
    public var result: Result<ReplayReport, Divergence>
    /// The events that it visited.
    public var visited: [RecordedEvent] = []

    /// Replays a trace.
    public init(_ reader: TraceReader, landing: Landing = .auto, on engine: EngineChoice = .kvm) throws {
        self = try engine.perform(Whole(reader: reader, landing: landing))
    }

    private init(result: Result<ReplayReport, Divergence>, visited: [RecordedEvent]) {
        (self.result, self.visited) = (result, visited)
    }

    /// A replay on a processor of some engine.
    private struct Whole: EngineTask {
        let reader: TraceReader
        let landing: Landing

        func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Replay {
            var session = try ReplaySession<P>(reader, landing: landing)
            var visited: [RecordedEvent] = []
            let result = try session.run(visit: { visited.append($0) })
            return Replay(result: result, visited: visited)
        }
    }

    /// What the guest showed.
    public var console: [UInt8] { visited.flatMap(\.event.consoleBytes) }

    /// Where and how it first differed from the recording; nil if it was equal to the end.
    public var divergence: Divergence? {
        guard case .failure(let divergence) = result else { return nil }
        return divergence
    }

    /// The event at which it first differed from the recording; nil if it was equal to the end.
    public var firstDifference: EventOrdinal? { divergence?.moment.event }
}
