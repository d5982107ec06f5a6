internal import Engine
internal import TraceFormat
internal import X86

extension Timeline where P: ~Copyable {
    /// Whether the engine counts instructions.
    var counts: Bool { core.processor.instructionsRetired != nil }

    /// Takes an exit to which the guest was run, as the next event.
    mutating func accept(_ exit: Exit, as next: RecordedEvent) throws(TimelineError) {
        try attempt { core throws(ReplayStop) in
            try core.checkSequel(next)
            try core.accept(exit, next)
            core.pace.meet(next)
            core.recent.append(next)
        }
        arrive(at: next)
    }

    /// The divergence of a guest that makes an exit where the recorded one did something else.
    mutating func stray(_ exit: Exit, before next: RecordedEvent, expecting expected: String) -> TimelineError {
        moment = nil
        do throws(TimelineError) {
            return try attempt { core throws(ReplayStop) in
                throw core.divergence(at: next, expected: expected, actual: exit.words)
            }
        } catch {
            return error
        }
    }

    /// Whether the next event is a keyframe between two exits and the guest stands in its state.
    mutating func isAtKeyframe(_ next: RecordedEvent) throws(TimelineError) -> Bool {
        guard case .keyframe(let number, .asynchronous) = next.event else { return false }
        return try isAt(keyframe: number)
    }
}

extension ReplayCore where P: ~Copyable {
    /// Takes all breakpoints away.
    mutating func clearBreakpoints() throws(TimelineError) {
        do { try processor.setBreakpoints([]) } catch { throw .replay(.engine(error)) }
    }

    /// The fault that ended the run, if the next event is the first after it.
    func fault(at next: RecordedEvent) -> Exit? {
        switch next.event {
        case .end(let outcome): outcome.lastExit
        default: ending(after: next)?.lastExit
        }
    }
}
