import CHostIO
import Engines
import Glibc
import TraceFormat

/// The engines of a replay.
struct ReplayEngines {
    /// Replays everything that the other does not.
    var main: EngineChoice
    /// Executes epochs that end between two exits, where that costs less; nil to do all on one engine.
    var lander: EngineChoice?

    /// How many workers replay a trace at once unless the user says: as many as there are processors, and as have room for their
    /// machines in half of this host's memory.
    func jobs(for header: TraceHeader) -> Int {
        let guest = header.machine.memory.reduce(UInt64(0)) { $0.addingReportingOverflow($1.size).partialValue }
        let machines = guest.multipliedReportingOverflow(by: lander == nil ? 1 : 2).partialValue
        let memory = UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 1)) * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1))
        return Int(clamping: min(UInt64(max(chostio_processor_count(), 1)), max(memory / 2 / max(machines, 1), 1)))
    }
}
