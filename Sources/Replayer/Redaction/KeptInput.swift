public import TraceFormat

/// A piece of input that was not blanked, and why.
public struct KeptInput: Hashable, Sendable {
    /// The piece.
    public let input: RecordedInput
    /// What happens where it is blanked.
    public let reason: Reason

    /// What happens where a piece of input is blanked.
    public enum Reason: Hashable, Sendable {
        /// The guest does something else at this event.
        case divergence(EventOrdinal, expected: String, actual: String)
        /// The guest computes on without coming to this event.
        case stalled(EventOrdinal)
        /// The guest still held it when it was interrupted between two exits at this event, where this host can only restore
        /// what was recorded.
        case interrupted(EventOrdinal)
        /// The guest still held it when it reset the machine at this event.
        case reset(EventOrdinal)
        /// The state at the end is another: so many registers and pages differ.
        case endState(registers: Int, pages: Int)
        /// Not tried: all of the pieces before it, the last of them at this event, had to be kept.
        case neighbour(EventOrdinal)
    }
}

extension KeptInput.Reason: CustomStringConvertible {
    /// A clause.
    public var description: String {
        switch self {
        case .divergence(let event, let expected, let actual):
            "without it the guest does something else at event \(event): expected \(expected), got \(actual)"
        case .stalled(let event): "without it the guest computes on and does not come to event \(event)"
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
