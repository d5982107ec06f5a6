internal import ByteCoding
public import Devices
internal import Synchronization

/// Supplies packets from a capture in libpcap's format. Each packet arrives as long after the start of the run as it
/// came after the first packet of the capture. Packets from the guest go nowhere, but the trace keeps them.
public final class CaptureLink: HostLink {
    private struct Packet {
        var time: MachineTime
        var bytes: [UInt8]
    }

    private let packets: [Packet]
    /// How many packets were taken.
    private let taken = Mutex(0)
    /// The usual maximum packet size without the header, in bytes.
    public let mtu: UInt16 = 1500

    /// Reads a capture.
    ///
    /// - Parameter file: the contents of the file.
    public init(_ file: [UInt8]) throws(LinkFailure) {
        guard !file.starts(with: Self.newerFormat) else {
            throw .malformed("it is in pcapng's format, and libpcap's is needed: editcap -F pcap FILE NEW converts it")
        }
        do throws(ByteCodingError) {
            packets = try Self.packets(file)
        } catch {
            throw .malformed("it is not an Ethernet capture in libpcap's format: \(error)")
        }
    }

    /// How a file in pcapng's format begins.
    private static let newerFormat: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A]
    private static let headerSize = 24
    private static let recordSize = 16
    private static let ethernet: UInt32 = 1
    private static let largestPacket: UInt32 = 1 << 18

    private static func packets(_ file: [UInt8]) throws(ByteCodingError) -> [Packet] {
        var cursor = ByteCursor(file.rawSpan)
        let magic: UInt32 = try cursor.read()
        let isSwapped: Bool
        let unit: UInt64
        switch magic {
        case 0xA1B2_C3D4: (isSwapped, unit) = (false, 1000)
        case 0xA1B2_3C4D: (isSwapped, unit) = (false, 1)
        case 0xD4C3_B2A1: (isSwapped, unit) = (true, 1000)
        case 0x4D3C_B2A1: (isSwapped, unit) = (true, 1)
        default: throw .invalidValue(field: "magic number", value: UInt64(magic))
        }
        func number(_ value: UInt32) -> UInt32 { isSwapped ? value.byteSwapped : value }
        _ = try cursor.readBytes(count: headerSize - 8)
        let kind = number(try cursor.read()) & 0xFFFF
        guard kind == ethernet else { throw .invalidValue(field: "link type", value: UInt64(kind)) }
        var packets: [Packet] = []
        var start: UInt64?
        while cursor.remaining > 0 {
            let seconds = number(try cursor.read())
            let fraction = number(try cursor.read())
            let length = number(try cursor.read())
            _ = try cursor.read(UInt32.self)
            guard length <= largestPacket else { throw .invalidValue(field: "packet length", value: UInt64(length)) }
            let time = UInt64(seconds) * MachineTime.nanosecondsPerSecond + UInt64(fraction) * unit
            let first = start ?? time
            start = first
            // Captures from several interfaces may be out of order. A late packet arrives at once.
            let earliest = packets.last?.time ?? .start
            let arrival = max(earliest, MachineTime(nanoseconds: time - min(first, time)))
            packets.append(Packet(time: arrival, bytes: try cursor.readBytes(count: Int(length))))
        }
        return packets
    }

    /// Packets do not come through a descriptor.
    public var descriptor: Int32? { nil }

    /// When the next packet arrives.
    public var nextArrival: MachineTime? {
        taken.withLock { taken in taken < packets.count ? packets[taken].time : nil }
    }

    /// Whether a packet has arrived by `now`.
    public func hasPacket(at now: MachineTime) -> Bool { nextArrival.map { $0 <= now } ?? false }

    /// Takes the next packet that has arrived by `now`.
    public func receive(at now: MachineTime) -> [UInt8]? {
        taken.withLock { taken in
            guard taken < packets.count, packets[taken].time <= now else { return nil }
            defer { taken += 1 }
            return packets[taken].bytes
        }
    }

    /// Always false: what is sent goes nowhere anyway.
    public var isClosed: Bool { false }

    /// Discards a packet.
    public func send(_ packet: [UInt8]) {}
}
