public import Engine
internal import KVMCore
internal import Synchronization

extension HostProbe {
    /// The answers for the modes asked about so far.
    private static let stoppable = Mutex<[GuestMode: Bool]>([:])

    /// Whether a hardware breakpoint stops a guest in a mode, and a single step gets past it. The first question for a
    /// mode probes the host, which takes a few milliseconds; the answer is kept for the process.
    public static func canStop(in mode: GuestMode) -> Bool {
        stoppable.withLock { known in
            if let answer = known[mode] { return answer }
            let answer = (try? probeStopping(in: mode)) ?? false
            known[mode] = answer
            return answer
        }
    }

    private static func probeStopping(in mode: GuestMode) throws(KVMError) -> Bool {
        let system = try KVMSystem.open()
        let supported = try system.supportedCPUID()
        let probe = Self(system: system, supported: supported)
        let breakpoint = probe.attempt { () throws(KVMError) in try probe.hardwareBreakpoint(in: mode) }
        guard breakpoint.isPositive else { return false }
        return probe.attempt { () throws(KVMError) in try probe.singleStep(in: mode) }.isPositive
    }
}
