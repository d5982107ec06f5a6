public import Devices

/// Where the content of a disk comes from: usually a file.
public protocol DiskImage: Sendable {
    /// How many sectors of 512 bytes there are.
    var sectorCount: UInt64 { get }

    /// Fills `bytes`, a whole number of sectors, beginning with sector `first`.
    func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError)

    /// Writes `bytes`, a whole number of sectors, beginning with sector `first`.
    func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError)

    /// Makes what was written durable.
    func flush() throws(BlockStorageError)
}

/// A disk of the machine. The guest's writes stay in memory, unless they are to change the image.
public struct Disk: BlockStorage, Sendable {
    private static let bytesPerSector = 512

    private let image: any DiskImage
    /// Whether the guest's writes change the image.
    public let writesImage: Bool
    /// Sectors that the guest has written, unless they go to the image.
    private var written: [UInt64: [UInt8]] = [:]

    /// A disk with an image's content.
    ///
    /// - Parameter writesImage: whether the guest's writes change the image.
    public init(_ image: any DiskImage, writesImage: Bool = false) {
        self.image = image
        self.writesImage = writesImage
        sectorCount = image.sectorCount
    }

    /// How many sectors there are.
    public let sectorCount: UInt64

    /// Always false: writes are never refused.
    public var isReadOnly: Bool { false }

    /// Fills `bytes` from the disk.
    public mutating func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        let count = UInt64(bytes.count / Self.bytesPerSector)
        guard holds(first, count) else { throw .outOfRange(first: first, count: count) }
        try image.read(from: first, into: &bytes)
        guard !written.isEmpty else { return }
        for index in 0..<Int(count) {
            guard let sector = written[first + UInt64(index)] else { continue }
            for offset in sector.indices { bytes[index * Self.bytesPerSector + offset] = sector[offset] }
        }
    }

    /// Writes `bytes` to the disk.
    public mutating func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) {
        let count = UInt64(bytes.count / Self.bytesPerSector)
        guard holds(first, count) else { throw .outOfRange(first: first, count: count) }
        guard !writesImage else { return try image.write(bytes, to: first) }
        for index in 0..<Int(count) {
            let start = index * Self.bytesPerSector
            written[first + UInt64(index)] = (start..<start + Self.bytesPerSector).map { bytes[$0] }
        }
    }

    /// Makes what was written to the image durable.
    public mutating func flush() throws(BlockStorageError) {
        if writesImage { try image.flush() }
    }

    private func holds(_ first: UInt64, _ count: UInt64) -> Bool {
        count <= sectorCount && first <= sectorCount - count
    }
}
