import Engine
import Replayer
import TraceFormat

extension Timeline where P: EngineProcessor & ~Copyable {
    /// A timeline that counts the events which it comes to, for the line that shows progress. A search goes
    /// to and fro: some count more than once.
    init(_ reader: TraceReader, showing progress: ReplayProgress) throws(TimelineError) {
        try self.init(reader)
        visit = { [replayed = progress.replayed] in replayed.add(1) }
    }
}
