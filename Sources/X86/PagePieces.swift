/// A stretch of addresses, divided at the ends of 4 KiB pages, because each piece may be mapped elsewhere. Wraps around
/// at the end of the address space.
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
