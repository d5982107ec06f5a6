/// A disk's content, in sectors of 512 bytes. The board owns it: a file, a copy in memory, or both.
public protocol BlockStorage {
    /// How many sectors there are.
    var sectorCount: UInt64 { get }

    /// Whether writing is refused.
    var isReadOnly: Bool { get }

    /// Fills `bytes`, a whole number of sectors, from the disk, beginning with sector `first`.
    mutating func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError)

    /// Writes `bytes`, a whole number of sectors, to the disk, beginning with sector `first`.
    mutating func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError)

    /// Makes sure that what was written is permanent.
    mutating func flush() throws(BlockStorageError)
}

/// Why a disk operation failed.
public enum BlockStorageError: Error, Hashable, CustomStringConvertible {
    /// The disk does not have these sectors.
    case outOfRange(first: UInt64, count: UInt64)
    /// The disk cannot be written.
    case readOnly
    /// The host failed; the error is its `errno`.
    case failed(errno: Int32)

    /// One line, without a final full stop.
    public var description: String {
        switch self {
        case .outOfRange(let first, let count): "the disk does not have the \(count) sectors from \(first)"
        case .readOnly: "the disk cannot be written"
        case .failed(let errno): "the host could not access the disk (errno \(errno))"
        }
    }
}

extension BlockStorage {
    /// Bytes in a sector.
    static var sectorSize: Int { 512 }

    /// Whether the disk has all of `count` sectors from `first`.
    func contains(_ first: UInt64, count: UInt64) -> Bool {
        count <= sectorCount && first <= sectorCount - count
    }
}

/// An empty bay is a disk without sectors.
extension Optional: BlockStorage where Wrapped: BlockStorage {
    /// How many sectors there are; none in an empty bay.
    public var sectorCount: UInt64 { self?.sectorCount ?? 0 }

    /// Whether writing is refused.
    public var isReadOnly: Bool { self?.isReadOnly ?? true }

    /// Reads from the disk, if there is one.
    public mutating func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        guard self != nil else { throw .outOfRange(first: first, count: UInt64(bytes.count / Self.sectorSize)) }
        try self?.read(from: first, into: &bytes)
    }

    /// Writes to the disk, if there is one.
    public mutating func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) {
        guard self != nil else { throw .outOfRange(first: first, count: UInt64(bytes.count / Self.sectorSize)) }
        try self?.write(bytes, to: first)
    }

    /// Flushes the disk, if there is one.
    public mutating func flush() throws(BlockStorageError) { try self?.flush() }
}
