/// TEST SUBCHANNEL of an s390 guest.
public struct S390Subchannel: Hashable, Sendable {
    /// `subchannel_id`.
    public var identifier: UInt16
    /// `subchannel_nr`.
    public var number: UInt16
    /// `io_int_parm`.
    public var interruptParameter: UInt32
    /// `io_int_word`.
    public var interruptWord: UInt32
    /// `ipb`.
    public var parameterB: UInt32
    /// `dequeued`.
    public var wasDequeued: Bool
}
