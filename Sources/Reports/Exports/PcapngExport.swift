internal import ByteCoding
internal import Replayer
public import TraceFormat

/// The packets of a guest in the format of Wireshark and tcpdump (pcapng, draft-ietf-opsawg-pcapng), each with the event that
/// holds it as its comment.
public struct PcapngExport: TraceExport {
    /// Block types (4.1 to 4.3).
    private enum Block {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let packet: UInt32 = 6
    }

    /// Option codes (3.5, 4.1, 4.2, 4.3).
    private enum Option {
        static let end: UInt16 = 0
        static let comment: UInt16 = 1
        static let interfaceName: UInt16 = 2
        static let flags: UInt16 = 2
        static let application: UInt16 = 4
    }

    /// The direction in the flags of a packet.
    private enum Flags {
        static let inbound: UInt32 = 1
        static let outbound: UInt32 = 2
    }

    private static let ethernet: UInt16 = 1

    private let header: TraceHeader
    private let application: String
    private var scanner: PacketScanner
    /// The numbers of the interfaces that have been described, by handle.
    private var interfaces: [Int: UInt32] = [:]

    /// Begins to export a trace.
    ///
    /// - Parameter application: the name of the program that writes the file.
    public init(_ header: TraceHeader, application: String) {
        self.header = header
        self.application = application
        scanner = PacketScanner(header)
    }

    /// The head of the file.
    public func start() -> [UInt8] {
        var body = ByteWriter()
        body.write(UInt32(0x1A2B_3C4D))  // byte order
        body.write(UInt16(1))  // version 1.0
        body.write(UInt16(0))
        body.write(UInt64.max)  // of unknown length
        Self.write(Option.comment, Array("recorded from \(header.guest.name)".utf8), to: &body)
        Self.write(Option.application, Array(application.utf8), to: &body)
        return Self.block(Block.section, body)
    }

    /// The packets that an event completes.
    public mutating func take(_ recorded: RecordedEvent) -> [UInt8] { bytes(of: scanner.take(recorded)) }

    /// The last packets.
    public mutating func finish() -> [UInt8] { bytes(of: scanner.finish()) }

    private mutating func bytes(of packets: [RecordedPacket]) -> [UInt8] {
        var bytes: [UInt8] = []
        for packet in packets {
            if interfaces[packet.interface] == nil {
                interfaces[packet.interface] = UInt32(interfaces.count)
                bytes += Self.interface(packet.interface)
            }
            bytes += block(of: packet, interfaces[packet.interface] ?? 0)
        }
        return bytes
    }

    private static func interface(_ number: Int) -> [UInt8] {
        var body = ByteWriter()
        body.write(ethernet)
        body.write(UInt16(0))
        body.write(UInt32(0))  // packets are not cut off
        write(Option.interfaceName, Array("guest\(number)".utf8), to: &body)
        return block(Block.interface, body)
    }

    private func block(of packet: RecordedPacket, _ interface: UInt32) -> [UInt8] {
        let start = UInt64(clamping: header.creationTime)
        let microseconds = start &* 1_000_000 &+ UInt64(packet.time) * 1000
        var body = ByteWriter()
        body.write(interface)
        body.write(UInt32(truncatingIfNeeded: microseconds >> 32))
        body.write(UInt32(truncatingIfNeeded: microseconds))
        body.write(UInt32(packet.bytes.count))
        body.write(UInt32(packet.bytes.count))
        Self.writePadded(packet.bytes, to: &body)
        Self.write(Option.comment, Array("event \(packet.event)".utf8), to: &body)
        let flags = packet.direction == .received ? Flags.inbound : Flags.outbound
        Self.write(Option.flags, (0..<4).map { UInt8(truncatingIfNeeded: flags >> (8 * $0)) }, to: &body)
        return Self.block(Block.packet, body)
    }

    private static func write(_ option: UInt16, _ value: [UInt8], to body: inout ByteWriter) {
        let value = value.prefix(Int(UInt16.max))
        body.write(option)
        body.write(UInt16(value.count))
        writePadded(Array(value), to: &body)
    }

    private static func writePadded(_ bytes: [UInt8], to body: inout ByteWriter) {
        body.write(bytes: bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4))
    }

    /// A block of a body that ends with options: its type, its length before and behind the body.
    private static func block(_ type: UInt32, _ body: ByteWriter) -> [UInt8] {
        var block = ByteWriter()
        let length = UInt32(body.bytes.count + 16)
        block.write(type)
        block.write(length)
        block.write(bytes: body.bytes)
        block.write(Option.end)
        block.write(UInt16(0))
        block.write(length)
        return block.bytes
    }
}
