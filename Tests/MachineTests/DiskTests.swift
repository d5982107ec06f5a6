import Devices
import Synchronization
import Testing

@testable import Machine

/// What a guest writes to a disk, and where it stays.
@Suite struct DiskTests {
    private static let sector = 512

    private static func bytes(_ values: UInt8...) -> [UInt8] {
        values.flatMap { [UInt8](repeating: $0, count: sector) }
    }

    private static func read(_ disk: inout Disk, from first: UInt64, sectors: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: sectors * sector)
        var span = bytes.mutableSpan
        try disk.read(from: first, into: &span)
        return bytes
    }

    @Test func whatTheGuestWritesItReadsAndTheImageStaysAsItIs() throws {
        let image = MemoryImage(Self.bytes(1, 2, 3, 4))
        var disk = Disk(image)

        try disk.write(Self.bytes(8, 9).span, to: 1)
        try disk.write(Self.bytes(7).span, to: 2)
        try disk.flush()

        #expect(try Self.read(&disk, from: 0, sectors: 4) == Self.bytes(1, 8, 7, 4))
        #expect(try Self.read(&disk, from: 2, sectors: 1) == Self.bytes(7))
        #expect(image.bytes == Self.bytes(1, 2, 3, 4))
        #expect(image.flushes == 0)
    }

    @Test func aCopyOfADiskHasItsOwnWrites() throws {
        var disk = Disk(MemoryImage(Self.bytes(1, 2)))
        try disk.write(Self.bytes(5).span, to: 0)

        var copy = disk
        try copy.write(Self.bytes(6).span, to: 0)

        #expect(try Self.read(&disk, from: 0, sectors: 2) == Self.bytes(5, 2))
        #expect(try Self.read(&copy, from: 0, sectors: 2) == Self.bytes(6, 2))
    }

    @Test func writesGoToTheImageWhereThatIsAskedFor() throws {
        let image = MemoryImage(Self.bytes(1, 2))
        var disk = Disk(image, writesImage: true)

        try disk.write(Self.bytes(5).span, to: 1)
        try disk.flush()

        #expect(image.bytes == Self.bytes(1, 5))
        #expect(image.flushes == 1)
        #expect(try Self.read(&disk, from: 0, sectors: 2) == Self.bytes(1, 5))
    }

    @Test(arguments: [(UInt64(2), 1), (1, 2), (.max, 1), (0, 3)], [true, false])
    func sectorsThatAreNotThereAreRefused(place: (first: UInt64, count: Int), writesImage: Bool) throws {
        let image = MemoryImage(Self.bytes(1, 2))
        var disk = Disk(image, writesImage: writesImage)
        let outOfRange = BlockStorageError.outOfRange(first: place.first, count: UInt64(place.count))

        #expect(throws: outOfRange) { try Self.read(&disk, from: place.first, sectors: place.count) }
        #expect(throws: outOfRange) {
            try disk.write([UInt8](repeating: 9, count: place.count * Self.sector).span, to: place.first)
        }
        #expect(try Self.read(&disk, from: 0, sectors: 2) == Self.bytes(1, 2))
    }
}

/// A disk image in memory.
final class MemoryImage: DiskImage {
    private let content: Mutex<[UInt8]>
    private let flushCount = Atomic(0)
    let sectorCount: UInt64

    init(_ bytes: [UInt8]) {
        content = Mutex(bytes)
        sectorCount = UInt64(bytes.count / 512)
    }

    var bytes: [UInt8] { content.withLock { $0 } }
    var flushes: Int { flushCount.load(ordering: .relaxed) }

    func read(from first: UInt64, into bytes: inout MutableSpan<UInt8>) throws(BlockStorageError) {
        let all = self.bytes
        for index in bytes.indices { bytes[index] = all[Int(first) * 512 + index] }
    }

    func write(_ bytes: Span<UInt8>, to first: UInt64) throws(BlockStorageError) {
        for index in bytes.indices {
            let byte = bytes[index]
            content.withLock { $0[Int(first) * 512 + index] = byte }
        }
    }

    func flush() throws(BlockStorageError) { flushCount.add(1, ordering: .relaxed) }
}
