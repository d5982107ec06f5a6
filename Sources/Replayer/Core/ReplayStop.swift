internal import Engine
internal import GuestMemory
internal import TraceFormat

/// Why a replay stops before the end of its trace.
indirect enum ReplayStop: Error {
    case divergence(Divergence)
    case error(ReplayError)
}

/// Does something of the engine's: a replay stops where that fails.
func onEngine<Result>(_ body: @autoclosure () throws(EngineError) -> Result) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.engine(error)) }
}

/// Reads something of the trace: a replay stops where that fails.
func onTrace<Result>(_ body: @autoclosure () throws(TraceError) -> Result) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.trace(error)) }
}

/// Reads or writes the guest's memory, for an event: what the trace says to be there must be where it says that memory is.
func onMemory<Result>(
    at event: EventOrdinal,
    _ body: @autoclosure () throws(MemoryError) -> Result
) throws(ReplayStop) -> Result {
    do { return try body() } catch { throw .error(.inconsistent(event, "\(error)")) }
}
