internal import Engine
internal import GuestMemory
internal import TraceFormat

/// Why a replay stops before the end of its trace.
indirect enum ReplayStop: Error {
    case divergence(Divergence)
    case error(ReplayError)
}

/// Runs an engine operation. The replay stops if it fails.
func onEngine<Result>(_ body: @autoclosure () throws(EngineError) -> Result) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.engine(error)) }
}

/// Reads from the trace. The replay stops if this fails.
func onTrace<Result: ~Copyable>(_ body: @autoclosure () throws(TraceError) -> Result) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.trace(error)) }
}

/// Reads or writes the guest's memory for an event. The replay stops if the trace refers to memory that its own memory
/// map does not have.
func onMemory<Result>(
    at event: EventOrdinal,
    _ body: @autoclosure () throws(MemoryError) -> Result
) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.inconsistent(event, "\(error)")) }
}
