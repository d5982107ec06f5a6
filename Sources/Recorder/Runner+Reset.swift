internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Resets the machine where an outcome asks for that, as soon as the guest's instruction is over.
    ///
    /// - Returns: the outcome that is left; nil where the guest goes on.
    mutating func afterReset(_ outcome: Outcome?) throws(EngineError) -> Outcome? {
        guard let reloaded, let initialState else { return outcome }
        switch outcome {
        case .tripleFault?:
            // The shutdown is no event of its own where it ends the run.
            sink.append(.tripleFault, rip: 0, at: now)
            isResetting = true
        case .reset?: isResetting = true
        case .some: return outcome
        case nil: break
        }
        guard isResetting, try finishesInstruction() else { return nil }
        isResetting = false
        // A replay comes to this state by executing. What the reset makes of it is an input.
        try takeKeyframe(at: now)
        board.reset(at: boardTime(now))
        do { try reloaded.reload(into: processor.memory) } catch { throw .memory(error) }
        try processor.restore(initialState)
        processor.requestInterruptWindow(false)
        interrupts.reset()
        resets += 1
        position = .reset
        try takeKeyframe(at: now)
        return nil
    }
}
