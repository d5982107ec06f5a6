public import TraceFormat

/// Why a moment of a trace could not be gone to.
public enum TimelineError: Error, CustomStringConvertible {
    /// Replaying could not be carried out.
    case replay(ReplayError)
    /// Replaying led elsewhere than the trace says.
    case divergence(Divergence)
    /// The text is no moment.
    case notAMoment(String)
    /// The text is no pattern; what is wrong, and at which byte, from 1 on.
    case notAPattern(String, problem: String, at: Int)
    /// The trace has no such moment; the text says what it has instead.
    case noSuchMoment(String)
    /// This host cannot execute single instructions at this privilege level.
    case cannotStep(Moment, privilege: Int)
    /// The event is one access of several that one instruction makes, so no state belongs to it.
    case insideInstruction(EventOrdinal)

    /// One line, without a final full stop; a divergence is a report of several.
    public var description: String {
        switch self {
        case .replay(let error): "\(error)"
        case .divergence(let divergence): "\(divergence)"
        case .notAMoment(let text):
            "'\(text)' is no moment: give EVENT, EVENT+INSTRUCTIONS, end, -EVENTS, SECONDSs, port:PORT, console:TEXT or "
                + "console~PATTERN"
        case .notAPattern(let text, let problem, let place): "'\(text)' is no pattern: \(problem) at byte \(place)"
        case .noSuchMoment(let problem): problem
        case .cannotStep(let moment, let privilege):
            "this host cannot execute single instructions at privilege level \(privilege), as is needed after \(moment)"
        case .insideInstruction(let event):
            "event \(event) is one of several accesses of one instruction, which has no state of its own; "
                + "give a later event"
        }
    }
}
