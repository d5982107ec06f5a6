/// The input as a description: small choices, and numbers of the kinds that arithmetic breaks on. Zeros where it ends.
struct Description {
    private var bytes: Slice<UnsafeBufferPointer<UInt8>>

    init(_ input: UnsafeBufferPointer<UInt8>) { bytes = input[...] }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    /// One time in sixteen.
    mutating func lies() -> Bool { byte() & 15 == 15 }

    mutating func number() -> UInt64 {
        let selector = byte()
        let small = UInt64(byte())
        switch selector % 8 {
        case 0: return small
        case 1: return 1 << (small % 64)
        case 2: return UInt64.max - small
        case 3: return (1 << 62) &+ small &- 128
        case 4: return small << 12
        case 5: return small << 56 | UInt64(byte()) << 24 | UInt64(byte())
        case 6: return (1 << 40) &+ small &- 128
        default: return small << 8 | UInt64(byte())
        }
    }

    /// A number, or most of the time the one that is right.
    mutating func number(orRather right: UInt64) -> UInt64 { lies() ? number() : right }
}
