import Engine
import Engines
import Replayer
import TraceFormat

/// Finds what an engine would show the guest so differently from the recorded processor that it cannot replay the trace.
struct ProcessorDifferences: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws(EngineError) -> [CPUIDDifference] {
        try HostCheck.processorDifferences(reader, on: engine)
    }
}
