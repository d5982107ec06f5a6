import Engine
import Engines
import Replayer
import TraceFormat

/// Replays a whole trace to see whether it differs, on the chosen engine.
struct FreshReplay: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> Result<ReplayReport, Divergence> {
        try ReplayProgress.showing(of: reader.eventCount) { progress in
            var session = try ReplaySession<P>(reader)
            return try session.run(progress: { progress.replayed.add($0) })
        }
    }
}
