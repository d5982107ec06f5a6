internal import Engine
internal import Machine
internal import TraceFormat

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Resets the machine where an outcome asks for that, as soon as the guest's instruction is over.
    ///
    /// - Returns: the outcome that is left; nil where the guest goes on.
    mutating func afterReset(_ outcome: Outcome?) throws(EngineError) -> Outcome? {
        guard let configuration = resets.configuration, let initialState = resets.initialState else { return outcome }
        switch outcome {
        case .tripleFault?:
            // The shutdown is no event of its own where it ends the run.
            sink.append(.tripleFault, rip: 0, at: time.now)
            resets.isAskedFor = true
        case .reset?: resets.isAskedFor = true
        case .some: return outcome
        case nil: break
        }
        guard resets.isAskedFor, try finishesInstruction() else { return nil }
        resets.isAskedFor = false
        // A replay comes to this state by executing. What the reset makes of it is an input.
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
