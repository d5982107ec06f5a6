public import TraceFormat

/// A piece of input that was not blanked, and the reason.
public struct KeptInput: Hashable, Sendable {
    /// The piece.
    public let input: RecordedInput
    /// What happens if the piece is blanked.
    public let reason: Reason

    /// What happens if a piece of input is blanked.
    public enum Reason: Hashable, Sendable {
        /// The guest does something else at this event.
        case divergence(EventOrdinal, expected: String, actual: String)
        /// The guest keeps computing and does not reach this event.
        case stalled(EventOrdinal)
        /// The guest still held the piece when it was interrupted between two exits at this event, and this host can
        /// only restore the recorded state there.
        case interrupted(EventOrdinal)
        /// The guest still held the piece when it reset the machine at this event.
        case reset(EventOrdinal)
        /// The state at the end differs, in this many registers and pages.
        case endState(registers: Int, pages: Int)
        /// The piece was not tried, because all pieces just before it had to be kept. The last of them is at this
        /// event.
        case neighbour(EventOrdinal)
    }
}

extension KeptInput.Reason: CustomStringConvertible {
    /// The reason as a clause.
    public var description: String {
        switch self {
        case .divergence(let event, let expected, let actual):
            "without it the guest does something else at event \(event): expected \(expected), got \(actual)"
        case .stalled(let event): "without it the guest keeps computing and does not reach event \(event)"
        case .interrupted(let event):
            "the guest held it when it was interrupted between two exits at event \(event), and without it this host cannot "
                + "stop the guest at that moment"
        case .reset(let event):
            "the guest held it when it reset the machine at event \(event), and what the reset left in memory is known with it "
                + "alone"
        case .endState(let registers, let pages):
            "it shows in the state at the end: \(registers) \(registers == 1 ? "register" : "registers") and "
                + "\(pages) \(pages == 1 ? "page" : "pages") differ without it"
        case .neighbour(let event): "not tried, because every piece before it up to event \(event) had to be kept"
        }
    }
}
