public import TraceFormat

/// What caused a change of the machine between two adjacent moments.
public enum ChangeCause: Sendable {
    /// The guest changed it with this instruction; nil if the guest's code could not be read.
    case instruction(CodeListing.Line?)
    /// The guest changed it with the instruction that made an event and that finished after the event; nil if the
    /// guest's code could not be read.
    case access(RecordedEvent, CodeListing.Line?)
    /// Something other than the guest changed it: a device's write, or another event between two instructions.
    case event(RecordedEvent)
    /// The delivery of an interrupt changed it, by pushing onto the stack.
    case delivery(RecordedEvent)
    /// The delivery of an interrupt or the first instruction of its handler changed it. This host cannot stop between
    /// the two.
    case deliveryOrInstruction(RecordedEvent)
    /// The guest changed it with some instruction. The two moments are not adjacent, because the guest cannot be
    /// stopped after every instruction between them.
    case unknown

    /// Whether nothing else happened between the two moments.
    public var isExact: Bool {
        if case .unknown = self { false } else { true }
    }

    /// The instruction that did it, if it was one whose code could be read.
    public var line: CodeListing.Line? {
        switch self {
        case .instruction(let line), .access(_, let line): line
        case .event, .delivery, .deliveryOrInstruction, .unknown: nil
        }
    }

    /// The event that did it, or that came with it.
    public var event: RecordedEvent? {
        switch self {
        case .access(let event, _), .event(let event), .delivery(let event), .deliveryOrInstruction(let event): event
        case .instruction, .unknown: nil
        }
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
