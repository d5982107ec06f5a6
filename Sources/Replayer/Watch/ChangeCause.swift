public import TraceFormat

/// What brought about a change of the machine between two moments next to each other.
public enum ChangeCause: Sendable {
    /// The guest, with this instruction; nil where its code could not be read.
    case instruction(CodeListing.Line?)
    /// The guest, with the instruction that made an event and finished with it; nil where its code could not be read.
    case access(RecordedEvent, CodeListing.Line?)
    /// Not the guest: a device's write, or what else came between two instructions.
    case event(RecordedEvent)
    /// The delivery of an interrupt, which pushes onto the stack.
    case delivery(RecordedEvent)
    /// The delivery of an interrupt or the first instruction of its handler: this host cannot stop between the two.
    case deliveryOrInstruction(RecordedEvent)
    /// The guest, with some instruction between two moments that have others between them, where the guest cannot be
    /// stopped behind each.
    case unknown

    /// Whether nothing else happened between the two moments.
    public var isExact: Bool {
        if case .unknown = self { false } else { true }
    }
}

extension ChangeCause: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .instruction(let line): Self.text(of: line)
        case .access(let event, let line): "\(Self.text(of: line)), with event \(event)"
        case .event(let event): "event \(event)"
        case .delivery(let event): "delivery of event \(event)"
        case .deliveryOrInstruction(let event):
            "delivery of event \(event), or the first instruction of its handler: this host cannot stop between them"
        case .unknown: "single instructions cannot be executed there to find the one that did it (see docs/seeking.md)"
        }
    }

    private static func text(of line: CodeListing.Line?) -> String {
        line.map { "\($0)" } ?? "an instruction that cannot be read"
    }
}
