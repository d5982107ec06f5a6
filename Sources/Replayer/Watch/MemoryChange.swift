public import TraceFormat

/// One change of watched memory.
public struct MemoryChange: Sendable {
    /// The last moment at which the bytes were the old ones.
    public var before: Moment
    /// The first moment at which they were the new ones. One instruction or event later, unless ``isExact`` is false.
    public var moment: Moment
    /// What they were.
    public var old: [UInt8]
    /// What they became.
    public var new: [UInt8]
    /// Who wrote.
    public var writer: Writer

    /// Who wrote.
    public enum Writer: Sendable {
        /// The guest, with this instruction; nil where its code could not be read.
        case instruction(CodeListing.Line?)
        /// A device, or the instruction that made an event and finished with it.
        case event(RecordedEvent)
        /// The guest, with some instruction between the two moments: this host can not step there.
        case unknown
    }

    /// Whether nothing else happened between the two moments.
    public var isExact: Bool {
        if case .unknown = writer { false } else { true }
    }
}
