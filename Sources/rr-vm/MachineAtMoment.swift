import Engine
import Engines
import Replayer
import TraceFormat

extension EngineOption {
    /// Looks at the machine at a moment. Where the trace stores it, this takes an engine only if one was asked for.
    func view(at moment: Moment, in reader: TraceReader) throws -> MomentView {
        if request == .auto, let stored = try MomentView(storedAt: moment, in: reader) { return stored }
        return .live(try answer(MachineAtMoment(reader: reader, moment: moment), about: reader))
    }
}

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
