import ByteCoding
import EndToEnd
import GuestImages
import Recorder
import SystemPackage
import Testing
import TraceFormat

/// The core files that unikernels leave.
@Suite(.needsKVM) struct CoreFileTests {
    /// Where `struct elf_prstatus` has RIP behind the note's header.
    private static let ripOffset = 20 + 112 + 16 * 8

    @Test func abortLeavesACoreWithTheRegistersOfItsCookieAndItsMemory() throws {
        let directory = try TemporaryDirectory()
        var guest = TestGuest(.named("hvt-abort"))
        guest.coreDirectory = directory.path

        let recording = try Recording(of: guest)

        let path = try #require(try recording.summary.core?.get())
        let core = try directory.read(try #require(path.lastComponent).string)
        #expect(Array(core[..<4]) == [0x7F, 0x45, 0x4C, 0x46])
        #expect(core[16] == 4)
        let headers = try core.programHeaders
        #expect(headers.map(\.kind) == [4, 1, 1, 1])
        #expect(headers.dropFirst().reduce(0) { $0 + $1.size } == TestGuest.memorySize)
        #expect(try core.number(at: headers[0].offset + UInt64(Self.ripOffset)) == 0x123_4567)
        #expect(try core.number(at: headers[1].offset + 0x1_0000) == TestGuest.memorySize)
    }

    @Test(arguments: ["hvt-write-zero", "hvt-write-constant", "hvt-bad-pointer"])
    func faultLeavesACore(name: String) throws {
        let directory = try TemporaryDirectory()
        var guest = TestGuest(.named(name))
        guest.coreDirectory = directory.path

        let recording = try Recording(of: guest)

        #expect(throws: Never.self) { try recording.summary.core?.get() }
        #expect(try directory.names.count == 1)
    }

    @Test func anotherEndLeavesNone() throws {
        let directory = try TemporaryDirectory()
        var guest = TestGuest(.named("hvt-exit-codes"))
        guest.coreDirectory = directory.path

        let recording = try Recording(of: guest)

        #expect(recording.summary.core == nil)
        #expect(try directory.names.isEmpty)
    }

    @Test func directoryThatIsNotThereIsToldAndTheRecordingIsWhole() throws {
        var guest = TestGuest(.named("hvt-abort"))
        guest.coreDirectory = "/nonexistent"

        let recording = try Recording(of: guest)

        #expect(throws: Errno.noSuchFileOrDirectory) { try recording.summary.core?.get() }
        #expect(recording.reader.isComplete)
    }
}

extension [UInt8] {
    fileprivate func number(at offset: UInt64) throws -> UInt64 {
        let bytes = Array(self[Int(offset)..<Int(offset) + 8])
        var cursor = ByteCursor(bytes.rawSpan)
        return try cursor.read()
    }

    /// Kind, place in the file and size of each program header of an ELF file.
    fileprivate var programHeaders: [(kind: UInt8, offset: UInt64, size: UInt64)] {
        get throws {
            try (0..<Int(self[56])).map { number in
                let start = UInt64(64 + 56 * number)
                return (self[Int(start)], try self.number(at: start + 8), try self.number(at: start + 32))
            }
        }
    }
}
