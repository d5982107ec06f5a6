public import TraceFormat
public import X86

/// One write to watched memory.
public struct MemoryWrite: Sendable {
    /// The moment behind it.
    public var moment: Moment
    /// The first watched byte that was written.
    public var address: GuestPhysicalAddress
    /// The watched bytes that were written, as they were before.
    public var old: [UInt8]
    /// The same afterwards. They may be equal.
    public var new: [UInt8]
    /// Who wrote them.
    public var cause: ChangeCause
}
