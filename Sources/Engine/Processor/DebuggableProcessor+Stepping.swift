internal import X86

/// How the execution of one instruction went.
public enum StepOutcome: Hashable, Sendable {
    /// The guest stands behind it.
    case done
    /// It came to this exit.
    case exit(Exit)
    /// The guest took an exception, and has seen that it was stepped. ``Stepping/init(_:deliveringTo:)`` at the same moment
    /// again leads to the right state.
    case exception([InterruptHandler])
    /// It went on, to this exit, without a stop where it was to stop.
    case astray(Exit)
}

extension DebuggableProcessor where Self: ~Copyable {
    /// Whether this host can stop the guest behind the instruction where it stands now. Not if an interrupt comes first: some
    /// hosts push the flag by which they step with the others, and the handler sees it. The pending access must be complete.
    public mutating func canStopHere() throws(EngineError) -> Bool {
        let state = try executionState()
        let pending = state.pending
        guard pending.interrupt == nil, !pending.nmiInjected, !pending.nmiPending else { return false }
        return canStop(in: GuestMode(state))
    }

    /// How the guest is brought behind its next instruction: asked before each step, by everyone who steps. The pending access
    /// must be complete.
    public mutating func stepping() throws(EngineError) -> Stepping {
        Stepping(try executionState(), in: memory)
    }

    /// Brings the guest behind its next instruction; must not be asked where the guest debugs itself.
    ///
    /// After `.exit` of a kick or an interrupt window, the same may be asked for again.
    public mutating func step(by stepping: Stepping) throws(EngineError) -> StepOutcome {
        guard case .breakpoint(let places) = stepping.method else {
            let start = exitRIP
            let exit = try step()
            guard exit.isSynchronous || exit.isDebug else { return .exit(exit) }
            // Hosts differ in whether RIP stands before or behind an instruction that makes an exit.
            let isNear = !exit.isDebug && exitRIP &- start <= 15
            let handlers = isNear ? [] : stepping.handlers(reached: exitRegisters, in: memory)
            if !handlers.isEmpty { return .exception(handlers) }
            return exit.isDebug ? .done : .exit(exit)
        }
        try setBreakpoints(places.map(\.address))
        let exit = try run()
        if exit.isDebug { return places.contains { $0.offset == exitRIP } ? .done : .astray(exit) }
        return exit.isSynchronous ? .astray(exit) : .exit(exit)
    }
}
