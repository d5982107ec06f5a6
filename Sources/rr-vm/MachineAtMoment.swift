import Engine
import Engines
import Replayer
import TraceFormat

/// Goes to a moment of a trace and looks at the machine there, on the chosen engine.
struct MachineAtMoment: EngineTask {
    let reader: TraceReader
    let moment: Moment

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws -> LiveView {
        try ReplayProgress.showing { progress in
            var timeline = try Timeline<P>(reader, showing: progress)
            try timeline.seek(to: moment)
            return try timeline.view()
        }
    }
}
