/// Why the end of an epoch was restored from the trace instead of being reached by executing.
public enum JumpReason: CaseIterable, Hashable, Sendable {
    /// The user wants it so: ``Landing/portable``.
    case asked
    /// This host cannot stop a guest in the mode in which the recording was interrupted.
    case hostCannotStop
    /// The guest uses the trap flag or the debug registers for itself, and would lose its own debug exceptions.
    case guestDebugsItself
    /// The guest went on without an exit, and did not reach the recorded state in the processor time that a landing may take,
    /// on a host that can stop it there: the epoch is unproved, and may hide a difference.
    case notReached
    /// Somebody stopped the recording while the guest went round a loop, and the guest goes round that loop here, so often that
    /// its turns cannot be told apart: the recorded state differs from those here in nothing but what every turn changes.
    case inLoop
    /// The exit that led to the last state is lost with the trace's end.
    case cutOff

    /// In words, to stand after a number of epochs.
    public var words: String {
        switch self {
        case .asked: "as was asked for"
        case .hostCannotStop: "this host cannot stop the guest there"
        case .guestDebugsItself: "the guest debugs itself there"
        case .notReached: "unproved, not reached in the processor time that a landing may take"
        case .inLoop: "the recording was stopped in a loop, which the guest is in here too, at another turn"
        case .cutOff: "what led there is lost with the trace's end"
        }
    }
}
