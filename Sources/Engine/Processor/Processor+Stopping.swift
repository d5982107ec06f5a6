internal import X86

extension Processor where Self: ~Copyable {
    /// Whether this host can stop the guest behind the instruction where it stands now. Not if an interrupt comes first: some
    /// hosts push the flag by which they step with the others, and the handler sees it. The pending access must be complete.
    public mutating func canStopHere() throws(EngineError) -> Bool {
        let state = try state()
        let pending = state.pending
        guard pending.interrupt == nil, !pending.nmiInjected, !pending.nmiPending else { return false }
        return canStop(in: GuestMode(state))
    }
}
