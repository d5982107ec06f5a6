public import TraceFormat

/// A packet that a guest sent or was given.
public struct RecordedPacket: Hashable, Sendable {
    /// Where a packet went.
    public enum Direction: Hashable, Sendable {
        /// To the guest.
        case received
        /// From the guest.
        case sent
    }

    /// Where it went.
    public let direction: Direction
    /// A unikernel's handle of the interface, at most 63; 0 on a PC, which has one.
    public let interface: Int
    /// The first event that holds it.
    public let event: EventOrdinal
    /// Milliseconds of host time since the recording began, modulo 2^32.
    public let time: UInt32
    /// An Ethernet frame, without its checksum. A blanked trace has zeros in place of what was received.
    public let bytes: [UInt8]
}
