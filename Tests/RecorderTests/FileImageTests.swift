import Devices
import EndToEnd
import Recorder
import SystemPackage
import Testing

/// Disk images in files.
@Suite struct FileImageTests {
    private static let sector = 512
    /// Three sectors: of ones, of twos, of threes.
    private static let content = [1, 2, 3].flatMap { [UInt8](repeating: $0, count: sector) }

    private static func read(_ image: FileImage, from first: UInt64, sectors: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: sectors * sector)
        var span = bytes.mutableSpan
        try image.read(from: first, into: &span)
        return bytes
    }

    @Test func sectorsAreThoseOfTheFile() throws {
        let directory = try TemporaryDirectory()
        let image = try FileImage(directory.write(Self.content, to: "disk"), forWriting: false)

        #expect(image.sectorCount == 3)
        #expect(try Self.read(image, from: 1, sectors: 2) == Array(Self.content[Self.sector...]))
    }

    @Test func whatTheFileNoLongerHasReadsAsZeros() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.content, to: "disk")
        let image = try FileImage(path, forWriting: false)

        let file = try FileDescriptor.open(path, .writeOnly)
        try file.closeAfter { try file.resize(to: Int64(Self.sector + 1)) }

        let zeros = [UInt8](repeating: 0, count: 2 * Self.sector - 1)
        #expect(try Self.read(image, from: 1, sectors: 2) == [2] + zeros)
    }

    @Test func whatIsWrittenIsInTheFile() throws {
        let directory = try TemporaryDirectory()
        let image = try FileImage(directory.write(Self.content, to: "disk"), forWriting: true)

        try image.write([UInt8](repeating: 9, count: Self.sector).span, to: 1)
        try image.flush()

        let expected = [1, 9, 3].flatMap { [UInt8](repeating: $0, count: Self.sector) }
        #expect(try directory.read("disk") == expected)
        #expect(try Self.read(image, from: 0, sectors: 3) == expected)
    }

    @Test func anImageThatIsOnlyReadRefusesWrites() throws {
        let directory = try TemporaryDirectory()
        let image = try FileImage(directory.write(Self.content, to: "disk"), forWriting: false)

        #expect(throws: BlockStorageError.failed(errno: Errno.badFileDescriptor.rawValue)) {
            try image.write([UInt8](repeating: 9, count: Self.sector).span, to: 1)
        }
        #expect(try directory.read("disk") == Self.content)
    }

    @Test(arguments: [(0, FileImage.Failure.empty), (1, .oddSize(bytes: 1)), (513, .oddSize(bytes: 513))])
    func aFileOfAnotherSizeIsNoImage(size: Int, failure: FileImage.Failure) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write([UInt8](repeating: 0, count: size), to: "disk")

        #expect(throws: failure) { try FileImage(path, forWriting: false) }
    }

    @Test func aFileThatIsNotThereSaysSo() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("disk")

        #expect(throws: FileImage.Failure.unopened(.noSuchFileOrDirectory)) {
            try FileImage(path, forWriting: false)
        }
    }
}
