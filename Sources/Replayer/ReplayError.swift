public import Engine
public import TraceFormat

/// Why a replay could not be carried out. A replay that was carried out but differs is a ``Divergence``.
public enum ReplayError: Error, CustomStringConvertible {
    /// The engine could not carry out a request.
    case engine(EngineError)
    /// The trace could not be read.
    case trace(TraceError)
    /// This host cannot stop the guest between two exits where the recording was interrupted.
    case cannotLand(EventOrdinal, privilege: Int)
    /// The guest debugs itself between two exits where the recording was interrupted.
    case guestDebugsItself(EventOrdinal)
    /// Executing did not reach the recorded state between two exits within the time limit.
    case notReached(EventOrdinal)
    /// The recording gave the guest an input between two exits, at a count of instructions and with no state, and this
    /// engine does not count.
    case cannotCount(EventOrdinal)
    /// The trace or its guest fills more memory than is allowed.
    case tooMuchMemory(UInt64, limit: UInt64)
    /// The trace says something that no recorder writes.
    case inconsistent(EventOrdinal, String)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .engine(let error): "\(error)"
        case .trace(let error): "\(error)"
        case .cannotLand(let event, let privilege):
            "this host cannot stop the guest at event \(event), at privilege level \(privilege), by executing; "
                + "use --landing auto to restore the recorded state there"
        case .guestDebugsItself(let event):
            "the guest cannot be stopped at event \(event) by executing: it debugs itself there (its trap flag or debug "
                + "registers), and would lose its own debug exceptions; use --landing auto to restore the recorded state"
        case .notReached(let event):
            "unproved: executing did not lead to the state of event \(event) in the processor time that a landing may take; "
                + "replay with --landing auto to go on from the recorded state"
        case .cannotCount(let event):
            "KVM cannot stop the guest at event \(event): only the count of instructions says where it is; use --engine soft, "
                + "or record with --keyframes every=250ms,interrupts"
        case .tooMuchMemory(let bytes, let limit):
            "the trace fills at least \(bytes >> 20) MiB of guest memory, more than the limit of \(limit >> 20) MiB; "
                + "give a higher --memory-limit to replay it"
        case .inconsistent(let event, let problem): "bad data at event \(event) of the trace: \(problem)"
        }
    }
}
