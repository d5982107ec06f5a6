public import Devices

/// Where the packets of a network interface come from and go to. The host side implements it.
public protocol NetworkLink: Sendable {
    /// The most bytes of a packet after its header.
    var mtu: UInt16 { get }

    /// Whether a packet has come by `now`.
    func hasPacket(at now: MachineTime) -> Bool

    /// The time at which the next packet comes, if it is known beforehand.
    var nextArrival: MachineTime? { get }

    /// The next packet that has come by `now`; nil if none has.
    func receive(at now: MachineTime) -> [UInt8]?

    /// Sends a packet. A packet that nobody receives is lost, as on a wire.
    func send(_ packet: [UInt8])
}
