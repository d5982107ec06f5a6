internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Resets the machine if an outcome calls for it, as soon as the guest's instruction has finished.
    ///
    /// - Returns: the remaining outcome, or nil if the guest continues.
    mutating func afterReset(_ outcome: Outcome?) throws(EngineError) -> Outcome? {
        // Almost every exit ends here, before the configuration and the state are copied, which are large.
        guard outcome != nil || resets.isAskedFor else { return nil }
        guard let configuration = resets.configuration, let initialState = resets.initialState else { return outcome }
        switch outcome {
        case .tripleFault?:
            // If the shutdown ends the run, it is not a separate event.
            appendExit(.tripleFault, rip: 0)
            resets.isAskedFor = true
        case .reset?: resets.isAskedFor = true
        case .some: return outcome
        case nil: break
        }
        guard try finishesInstruction() else { return nil }
        resets.isAskedFor = false
        // A replay reaches this state by executing. The state after the reset is an input.
        try takeKeyframe()
        board.reset(at: time.board)
        do { try configuration.reload(into: processor.memory) } catch { throw .memory(error) }
        try processor.restore(initialState)
        processor.requestInterruptWindow(false)
        interrupts.reset()
        resets.count += 1
        position = .reset
        try takeKeyframe()
        return nil
    }
}
