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

    /// Whether nothing is connected any more: no packet comes, and none arrives anywhere.
    var isClosed: Bool { get }
}

/// A network card, and what it is connected to.
public struct NetworkInterface: Sendable {
    /// Its Ethernet address, six bytes.
    public var address: [UInt8]
    /// What it is connected to.
    public var link: any NetworkLink

    /// Makes an interface of its parts.
    public init(address: [UInt8], link: any NetworkLink) {
        precondition(address.count == 6)
        self.address = address
        self.link = link
    }
}

/// What has come for a guest on its network card.
public enum PacketArrival: Hashable, Sendable {
    /// Nothing.
    case none
    /// A packet for which the guest has no room yet.
    case waiting
    /// A packet that the guest can be given.
    case ready
}
