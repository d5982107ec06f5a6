import Engine
import Replayer
import TraceFormat

extension Timeline where P: EngineProcessor & ~Copyable {
    /// A timeline that counts the events that it passes, for the progress line. A search goes back and forth, so some
    /// of them count more than once.
    init(_ reader: TraceReader, showing progress: ReplayProgress) throws(TimelineError) {
        try self.init(reader)
        visit = { [replayed = progress.replayed] in replayed.add(1) }
    }
}
