/// Maps differences around zero to small unsigned numbers: 0, -1, 1, -2... become 0, 1, 2, 3...
enum ZigZag {
    static func encode(_ difference: UInt64) -> UInt64 {
        (difference << 1) ^ (0 &- (difference >> 63))
    }

    static func decode(_ folded: UInt64) -> UInt64 {
        (folded >> 1) ^ (0 &- (folded & 1))
    }
}
