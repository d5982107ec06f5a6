public import TraceFormat

/// One step of a value's way: something that wrote bytes of it.
public struct OriginStep: Sendable {
    /// What wrote them.
    public enum Cause: Sendable {
        /// An instruction; nil if the guest's code could not be read.
        case instruction(CodeListing.Line?)
        /// An exception or an interrupt by instruction, which pushed onto the stack.
        case exception(vector: UInt8, CodeListing.Line?)
        /// The delivery of an interrupt, which pushed onto the stack.
        case delivery(RecordedEvent)
        /// A device.
        case device(RecordedEvent)
        /// The machine was reset.
        case reset(RecordedEvent)
        /// Nothing: they were there when the trace began.
        case beginning
        /// Unknown: the search ended here.
        case unknown
    }

    /// Why the way ends here.
    public enum End: Hashable, Sendable {
        /// A constant in the instruction's code, or a result that is always the same.
        case constant
        /// The instruction clears the bytes beside its result.
        case zeroed
        /// The address of an instruction.
        case position
        /// Input: the step's events have it.
        case input
        /// The processor itself, or a register of the system.
        case processor(String?)
        /// The frame that an interrupt or exception pushed, and the word in it.
        case frame(String)
        /// The processor wrote it on behalf of the instruction, but not as its result: bits of page tables and descriptors.
        case aside
        /// It was there when the trace began.
        case initial
        /// The registers were not written in so many instructions before.
        case tooFar(UInt64)
        /// The list is as long as was asked for.
        case listFull
    }

    /// One thing of which the bytes were made.
    public struct Source: Sendable {
        /// Where it was.
        public var piece: OriginPiece
        /// Whether it only selected the data: a register of an address, or the flags of a conditional move.
        public var isSelector: Bool
        /// The steps that wrote it, by their place in ``Origin/steps``. Empty if it was not followed.
        public var steps: [Int] = []
    }

    /// The moment before it; the moment behind it for a device's write.
    public var moment: Moment
    /// What wrote them.
    public var cause: Cause
    /// The bytes of the value that it wrote.
    public var pieces: [OriginPiece]
    /// Of what it made them.
    public var sources: [Source]
    /// The inputs that it got.
    public var events: [RecordedEvent]
    /// Why the way ends here, if it does.
    public var ends: [End]
    /// How many steps lie between this one and the value.
    public var depth: Int
    /// Whether it has sources that were not followed because of its depth.
    public var isCut = false
}
