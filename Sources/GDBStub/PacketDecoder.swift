/// Takes the bytes that a client sends apart into packets, acknowledgements and interrupts.
///
/// Bytes may come in pieces of any size. A packet is `$`, the content, `#` and two hexadecimal digits of a checksum
/// (GDB manual, appendix E.1). Whatever is sent, the decoder keeps at most ``mostBytes`` of one packet.
public struct PacketDecoder: Sendable {
    /// What the decoder found.
    public enum Item: Hashable, Sendable {
        /// The content of a packet whose checksum is right, without escapes.
        case packet([UInt8])
        /// A packet whose checksum is wrong. The client sends it again when it is refused.
        case damaged
        /// A packet with a right checksum that is longer than ``PacketDecoder/mostBytes``. Its content is lost.
        case tooLong
        /// The client asks the guest to stop: a byte 3 outside packets.
        case interrupt
        /// The client has received the last packet.
        case acknowledged
        /// The client has received the last packet damaged.
        case refused
    }

    /// How long a packet's content may be, as it is sent.
    public static let mostBytes = 0x4000

    private enum State {
        case outside
        case content
        case firstDigit
        case secondDigit(UInt8?)
    }

    private var state = State.outside
    private var content: [UInt8] = []
    private var checksum: UInt8 = 0
    private var isTooLong = false

    /// A decoder that has seen nothing.
    public init() {}

    /// Takes the next byte, and returns what it completes.
    public mutating func take(_ byte: UInt8) -> Item? {
        switch state {
        case .outside: return takeOutside(byte)
        case .content:
            takeContent(byte)
            return nil
        case .firstDigit:
            state = .secondDigit(Hexadecimal.value(byte))
            return nil
        case .secondDigit(let first):
            state = .outside
            guard let first, let second = Hexadecimal.value(byte), first << 4 | second == checksum else {
                return .damaged
            }
            return isTooLong ? .tooLong : .packet(Self.unescaped(content))
        }
    }

    private mutating func takeOutside(_ byte: UInt8) -> Item? {
        switch byte {
        case UInt8(ascii: "$"):
            begin()
            return nil
        case UInt8(ascii: "+"): return .acknowledged
        case UInt8(ascii: "-"): return .refused
        case 3: return .interrupt
        default: return nil
        }
    }

    private mutating func takeContent(_ byte: UInt8) {
        switch byte {
        // A packet of which the end was lost.
        case UInt8(ascii: "$"): begin()
        case UInt8(ascii: "#"): state = .firstDigit
        default:
            checksum &+= byte
            if content.count < Self.mostBytes { content.append(byte) } else { isTooLong = true }
        }
    }

    private mutating func begin() {
        (state, checksum, isTooLong) = (.content, 0, false)
        content.removeAll(keepingCapacity: true)
    }

    /// `}` and a byte stand for that byte with bit 5 turned over.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                result.append(byte ^ 0x20)
                isEscaped = false
            } else if byte == UInt8(ascii: "}") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
