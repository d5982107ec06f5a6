import ByteCoding

/// Captures of packets, in libpcap's format.
public enum Capture {
    /// A file of packets that came one microsecond after another.
    public static func bytes(of packets: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(0xA1B2_C3D4))
        writer.write(UInt16(2))
        writer.write(UInt16(4))
        writer.write(UInt64(0))
        writer.write(UInt32(65536))
        writer.write(UInt32(1))  // Ethernet
        for (number, packet) in packets.enumerated() {
            writer.write(UInt32(1_700_000_000))
            writer.write(UInt32(number))
            writer.write(UInt32(packet.count))
            writer.write(UInt32(packet.count))
            writer.write(bytes: packet)
        }
        return writer.bytes
    }
}
