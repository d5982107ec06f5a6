/// A stretch of addresses, divided where pages of 4 KiB end: each piece may be mapped elsewhere. Goes round where addresses end.
public struct PagePieces: Sequence, IteratorProtocol {
    /// Bytes of a page.
    public static let pageSize = 4096

    private var start: UInt64
    private var left: Int

    /// Divides `count` bytes from an address on.
    public init(at address: UInt64, count: Int) {
        start = address
        left = count
    }

    /// The next piece, lowest address first.
    public mutating func next() -> (address: UInt64, count: Int)? {
        guard left > 0 else { return nil }
        let address = start
        let count = Swift.min(left, Self.pageSize - Int(address % UInt64(Self.pageSize)))
        start = address &+ UInt64(count)
        left -= count
        return (address, count)
    }
}
