/// Why the end of an epoch was restored from the trace instead of being reached by executing.
public enum JumpReason: CaseIterable, Hashable, Sendable {
    /// The user requested it: ``Landing/portable``.
    case asked
    /// This host cannot stop a guest in the mode in which the recording was interrupted.
    case hostCannotStop
    /// The guest uses the trap flag or the debug registers for itself, and would lose its own debug exceptions.
    case guestDebugsItself
    /// The guest went on without an exit and did not reach the recorded state within the processor time of a landing,
    /// although this host can stop it there. The epoch is unproved and may hide a difference.
    case notReached
    /// Somebody stopped the recording while the guest was in a loop. In this replay the guest runs through the same
    /// loop so often that its turns cannot be told apart. The recorded state differs from the states here only in what
    /// every turn changes.
    case inLoop
    /// The exit that led to the last state was lost with the end of the trace.
    case cutOff

    /// The reason in words, to follow a number of epochs.
    public var words: String {
        switch self {
        case .asked: "as was asked for"
        case .hostCannotStop: "this host cannot stop the guest there"
        case .guestDebugsItself: "the guest debugs itself there"
        case .notReached: "unproved, not reached in the processor time that a landing may take"
        case .inLoop: "the recording was stopped in a loop; the guest is in the same loop here, at another turn"
        case .cutOff: "what led there is lost with the trace's end"
        }
    }
}
