public import TraceFormat

/// One piece of input: a typed byte, a sector, or a transfer to memory. The events of a piece follow one another
/// directly.
public struct RecordedInput: Hashable, Sendable {
    /// The source of the input.
    public let kind: InputKind
    /// The events that hold it.
    public internal(set) var events: ClosedRange<EventOrdinal>
    /// How many bytes of input these events hold.
    public internal(set) var byteCount: UInt64

    /// Makes a piece from its parts.
    public init(kind: InputKind, events: ClosedRange<EventOrdinal>, byteCount: UInt64) {
        self.kind = kind
        self.events = events
        self.byteCount = byteCount
    }
}

extension RecordedInput {
    /// Every piece of input that a trace holds, in order.
    public static func all(in reader: TraceReader) throws(TraceError) -> [RecordedInput] {
        var classifier = InputClassifier()
        var cursor = reader.events()
        while let event = try cursor.next() { classifier.take(event) }
        return classifier.finish()
    }
}

extension Event {
    /// The same event with zeros in place of what it gave the guest. Events that hold no input of an ``InputKind`` are
    /// returned unchanged.
    var blanked: Event {
        switch self {
        case .portRead(var access):
            access.value = 0
            return .portRead(access)
        case .deviceWrite(let address, let bytes):
            return .deviceWrite(address: address, bytes: [UInt8](repeating: 0, count: bytes.count))
        case .hiddenRead(var read):
            read.value = 0
            return .hiddenRead(read)
        default: return self
        }
    }
}
