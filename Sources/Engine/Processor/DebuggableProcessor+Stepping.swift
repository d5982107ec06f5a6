internal import X86

/// How executing one instruction went.
public enum StepOutcome: Hashable, Sendable {
    /// The guest has executed it.
    case done
    /// The guest made this exit.
    case exit(Exit)
    /// The guest took an exception and has seen that it was stepped. Go back to the moment before and use
    /// ``Stepping/init(_:deliveringTo:)`` to reach the right state.
    case exception([CodePlace])
    /// The guest went on to this exit without stopping at the right place.
    case astray(Exit)
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Whether this host can stop the guest after its next instruction. It cannot if an interrupt comes first: some
    /// hosts push the flag that makes them step with the other flags, and the handler sees it. The pending access must
    /// be complete.
    public mutating func canStopHere() throws(EngineError) -> Bool {
        if debugsUnseen { return true }
        let state = try executionState()
        let pending = state.pending
        guard pending.interrupt == nil, !pending.nmiInjected, !pending.nmiPending else { return false }
        return canStop(in: GuestMode(state))
    }

    /// How to bring the guest past its next instruction. Everyone who steps must ask this before each step. The pending
    /// access must be complete.
    public mutating func stepping() throws(EngineError) -> Stepping {
        debugsUnseen ? Stepping.unseen : Stepping(try executionState(), in: memory)
    }

    /// Brings the guest past its next instruction. Must not be called if the guest debugs itself.
    ///
    /// After `.exit` of a kick or an interrupt window, the same step may be called for again.
    public mutating func step(by stepping: Stepping) throws(EngineError) -> StepOutcome {
        guard case .breakpoint(let places) = stepping.method else {
            let start = exitRIP
            let exit = try step()
            if debugsUnseen { return exit.isDebug ? .done : .exit(exit) }
            guard exit.isSynchronous || exit.isDebug else { return .exit(exit) }
            // Hosts differ in whether RIP is before or after an instruction that makes an exit.
            let isNear = !exit.isDebug && exitRIP &- start <= 15
            let handlers = isNear ? [] : stepping.handlers(reached: exitRegisters, in: memory)
            if !handlers.isEmpty { return .exception(handlers) }
            return exit.isDebug ? .done : .exit(exit)
        }
        switch try run(to: places) {
        case .there: return .done
        case .elsewhere: return .astray(.debug)
        case .exit(let exit): return exit.isSynchronous ? .astray(exit) : .exit(exit)
        }
    }
}
