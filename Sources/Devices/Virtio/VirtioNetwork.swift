internal import ByteCoding
internal import Platform
import X86

/// A virtio network card with one pair of queues and no offloads (Virtual I/O Device 1.2, 5.1).
public struct VirtioNetwork: Sendable {
    /// What the card remembers.
    public struct State: Hashable, Sendable {
        var transport: VirtioTransport.State
    }

    /// The queues of a card without VIRTIO_NET_F_MQ.
    public enum Queue: Int, Sendable {
        /// The driver offers room for packets.
        case receive = 0
        /// The driver offers packets.
        case transmit = 1
    }

    /// Feature bits (5.1.3).
    private enum Feature {
        static let address: UInt64 = 1 << 5
        static let linkStatus: UInt64 = 1 << 16
    }

    /// Offsets in the device's configuration (5.1.4).
    private enum Configuration {
        static let linkStatus = 6
    }

    /// VIRTIO_NET_S_LINK_UP.
    private static let linkUp: UInt8 = 1
    private static let queueSize: UInt16 = 256

    /// The bytes in front of each packet (5.1.6). Without offloads, only the number of buffers is not zero: it is 1.
    private static let header: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    /// The most bytes that a driver sends in one buffer, its header included. No packet without offloads is larger.
    private static let maximumBytes: UInt64 = 64 << 10
    /// The bytes of an Ethernet header. A packet that is shorter is none.
    private static let smallestPacket = 14

    /// The registers and the queues.
    public var transport: VirtioTransport

    /// A card after reset.
    ///
    /// - Parameters:
    ///   - address: its Ethernet address, six bytes.
    ///   - isLinkUp: whether something is connected to it.
    public init(address: [UInt8], isLinkUp: Bool = true) {
        precondition(address.count == Configuration.linkStatus)
        transport = VirtioTransport(
            type: .network,
            classCode: 0x02_00_00,
            features: Feature.address | Feature.linkStatus,
            queueSizes: [Self.queueSize, Self.queueSize],
            configuration: address + [isLinkUp ? Self.linkUp : 0, 0]
        )
    }

    /// A card as it was.
    public init(state: State) { transport = VirtioTransport(state: state.transport) }

    /// What the card remembers.
    public var state: State { State(transport: transport.state) }

    /// Whether a driver uses the card.
    public var isRunning: Bool { transport.isServing }

    /// Whether something is connected to the card. A change interrupts the driver.
    public var isLinkUp: Bool {
        get { transport.registers.configuration[Configuration.linkStatus] & Self.linkUp != 0 }
        set {
            guard newValue != isLinkUp else { return }
            transport.changeConfiguration(at: Configuration.linkStatus, to: newValue ? Self.linkUp : 0)
        }
    }

    /// Takes the packets that the driver has announced, in order.
    ///
    /// - Parameter send: called with each packet.
    public mutating func transmit<Memory: GuestMemoryAccess>(memory: inout Memory, send: ([UInt8]) -> Void) {
        transport.serve(queue: Queue.transmit.rawValue, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            guard buffer.readable.byteCount <= Self.maximumBytes else { throw .tooLarge }
            var header = Self.header
            guard try buffer.readable.read(into: &header, &memory) == header.count else { throw .misordered }
            var stretches: [(address: GuestPhysicalAddress, bytes: [UInt8])] = []
            while let stretch = try buffer.readable.readStretch(Self.maximumBytes, &memory) {
                stretches.append(stretch)
            }
            let packet = stretches.flatMap(\.bytes)
            guard packet.count >= Self.smallestPacket else { return 0 }
            // The whole packet is in memory, so all of it is sent.
            for (address, bytes) in stretches { memory.notePacket(bytes, at: address) }
            send(packet)
            return 0
        }
    }

    /// Whether the driver offers a buffer for a packet.
    public mutating func hasRoom(memory: inout some GuestMemoryAccess) -> Bool {
        transport.nextRoom(queue: Queue.receive.rawValue, &memory) > 0
    }

    /// Gives the guest a packet. A packet that its buffer has no room for is lost, and one for which there is no buffer.
    public mutating func receive(_ packet: [UInt8], memory: inout some GuestMemoryAccess) {
        var isTaken = false
        transport.serve(queue: Queue.receive.rawValue, &memory) { (buffer, memory) throws(VirtioQueue.Fault) in
            let bytes = Self.header + packet
            guard !isTaken, buffer.writable.byteCount >= UInt64(bytes.count) else { return nil }
            isTaken = true
            return UInt32(try buffer.writable.write(bytes, &memory))
        }
    }
}
