/// Makes the bytes of a packet that is sent to a client.
enum Packet {
    /// A packet with this content, which is escaped where it must be.
    static func framed(_ content: [UInt8]) -> [UInt8] {
        var bytes = [UInt8(ascii: "$")]
        bytes.reserveCapacity(content.count + 4)
        var checksum: UInt8 = 0
        func add(_ byte: UInt8) {
            bytes.append(byte)
            checksum &+= byte
        }
        for byte in content {
            if isSpecial(byte) {
                add(UInt8(ascii: "}"))
                add(byte ^ 0x20)
            } else {
                add(byte)
            }
        }
        bytes.append(UInt8(ascii: "#"))
        return bytes + Hexadecimal.digits(checksum)
    }

    /// Whether a byte has a meaning in packets: `#`, `$`, `}`, and `*`, which repeats the byte before.
    static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "}"), UInt8(ascii: "*"): true
        default: false
        }
    }
}
