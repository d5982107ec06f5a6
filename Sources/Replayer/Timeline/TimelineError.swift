public import TraceFormat

/// Why a timeline could not go to a moment of a trace.
public enum TimelineError: Error, CustomStringConvertible {
    /// The replay could not be carried out.
    case replay(ReplayError)
    /// The replay led to something other than what the trace says.
    case divergence(Divergence)
    /// The text is not a moment.
    case notAMoment(String)
    /// The text is not a valid pattern. Says what is wrong, and at which byte, counted from 1.
    case notAPattern(String, problem: String, at: Int)
    /// The trace has no such moment. The text says what the trace has instead.
    case noSuchMoment(String)
    /// Instructions cannot be executed one at a time from this moment on.
    case cannotStep(Moment, StepObstacle)
    /// The guest cannot be changed here. The text says why.
    case cannotChange(String)
    /// The guest was changed, and has no recorded way back.
    case cannotGoBack
    /// The engine cannot note calls, interrupts and exceptions.
    case cannotNote
    /// The event is one of several accesses that one instruction makes, so the event has no complete state.
    case insideInstruction(EventOrdinal)
    /// The command that judges moments could not be run, or ended the search.
    case cannotJudge(ShellCommand.Failure)

    /// One line without a final full stop, or several lines for a divergence.
    public var description: String {
        switch self {
        case .replay(let error): "\(error)"
        case .divergence(let divergence): "\(divergence)"
        case .notAMoment(let text):
            "'\(text)' is not a moment: give EVENT, EVENT+INSTRUCTIONS, end, -EVENTS, SECONDSs, port:PORT, console:TEXT or "
                + "console~PATTERN"
        case .notAPattern(let text, let problem, let place): "'\(text)' is not a pattern: \(problem) at byte \(place)"
        case .noSuchMoment(let problem): problem
        case .cannotStep(let moment, .host(let privilege)):
            "this host cannot execute single instructions at privilege level \(privilege), as is needed after \(moment)"
        case .cannotStep(let moment, .guestDebugsItself):
            "single instructions cannot be executed after \(moment): the guest debugs itself there (its trap flag or debug "
                + "registers), and would lose its own debug exceptions; give the moment of an event"
        case .cannotStep(let moment, .lost):
            "single instructions cannot be executed after \(moment): the guest did not stop after the next one; give the moment of an event"
        case .cannotChange(let problem): "the guest cannot be changed: \(problem)"
        case .cannotGoBack: "a changed guest does not run backwards: 'monitor rejoin' goes back to the recording"
        case .cannotNote: "only the processor in software notes what it executes: use --engine soft"
        case .insideInstruction(let event):
            "event \(event) is one of several accesses of one instruction, which has no state of its own; "
                + "give a later event"
        case .cannotJudge(let failure): "\(failure)"
        }
    }
}

/// Reads from the trace for a timeline.
func fromTrace<Result>(_ body: @autoclosure () throws(TraceError) -> Result) throws(TimelineError) -> Result {
    do { return try body() } catch { throw .replay(.trace(error)) }
}

/// Why the guest cannot be stopped after a single instruction.
public enum StepObstacle: Hashable, Sendable {
    /// This host does not stop guests at this privilege level.
    case host(privilege: Int)
    /// The guest uses the trap flag or the debug registers for itself.
    case guestDebugsItself
    /// The guest did not stop where it should have: after an instruction that pushes the flags, or at the handler of an
    /// exception.
    case lost
}
