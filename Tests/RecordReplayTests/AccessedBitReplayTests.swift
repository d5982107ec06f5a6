import ByteCoding
import EndToEnd
import GuestImages
import GuestMemory
import Machine
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// Replays whose memory differs from the recording's in one planted bit.
@Suite(.needsKVM) struct AccessedBitReplayTests {
    /// The tables of guests in long mode: four levels, of which the last holds pages of 2 MiB.
    private static let tables: [UInt64] = [0x1000, 0x2000, 0x3000]
    /// Where such guests keep a stack: memory that is no table.
    private static let data: UInt64 = 0x6000

    @Test(arguments: tables)
    func accessedBitOfATableIsTakenOver(table: UInt64) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("ring3")))
        let directory = try TemporaryDirectory()
        let planted = try Self.plant(
            AccessedBit.mask,
            at: table,
            in: recording.reader,
            to: directory.file("planted.rrvm")
        )

        let report = try Replay(planted).result.get()

        #expect(report.accessedBits >= 1)
        #expect(try report.digest == planted.keyframes.last?.digest)
        #expect(report.digest != recording.summary.trace?.digest)
        #expect(try Replay(recording.reader).result.get().accessedBits == 0)
    }

    /// The entry of a page of 2 MiB that no guest uses.
    private static let unusedPage: UInt64 = 0x3100

    @Test(
        arguments: [
            (0x1000, 0x40), (unusedPage, 0x60), (0x3000, 0x80), (0x1001, AccessedBit.mask), (data, AccessedBit.mask),
        ] as [(UInt64, UInt8)]
    )
    func anyOtherBitIsADivergence(place: UInt64, mask: UInt8) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("ring3")))
        let directory = try TemporaryDirectory()
        let planted = try Self.plant(mask, at: place, in: recording.reader, to: directory.file("planted.rrvm"))

        let replay = try Replay(planted)

        #expect(try replay.firstDifference == recording.reader.keyframes.last?.event)
    }

    @Test func accessedBitIsTakenOverWhereTheReplayLandsBetweenTwoExits() throws {
        let directory = try TemporaryDirectory()
        // By the first of them the guest has long made its tables.
        let reader = try Recording.ofSilence(every: 100_000_000, to: directory.file("trace.rrvm"))
        let planted = try Self.plant(AccessedBit.mask, at: 0x1000, in: reader, to: directory.file("planted.rrvm"))

        let report = try Replay(planted).result.get()

        #expect(report.accessedBits >= 1)
        #expect(report.epochsJumped == 0)
        #expect(try report.digest == planted.keyframes.last?.digest)
    }

    /// The instruction there may have been begun, and given up after it had marked the page that it writes to.
    @Test func aPageMarkedAsDirtyIsTakenOverBetweenTwoExits() throws {
        let directory = try TemporaryDirectory()
        let reader = try Recording.ofSilence(every: 100_000_000, to: directory.file("trace.rrvm"))
        let marks = AccessedBit.mask | AccessedBit.dirty
        let page = try Self.plant(marks, at: Self.unusedPage, in: reader, to: directory.file("page.rrvm"))
        let table = try Self.plant(AccessedBit.dirty, at: 0x1000, in: reader, to: directory.file("table.rrvm"))

        let report = try Replay(page).result.get()

        #expect(report.accessedBits >= 1)
        #expect(report.epochsJumped == 0)
        #expect(try report.digest == page.keyframes.last?.digest)
        let other = try Replay(table).result
        #expect((try? other.get().epochsUnproved) != 0)
    }

    /// A copy of a trace whose recorder found other bits in one byte of memory, from the first keyframe behind the first on.
    private static func plant(
        _ mask: UInt8,
        at place: UInt64,
        in reader: TraceReader,
        to path: FilePath
    ) throws -> TraceReader {
        let page = GuestPhysicalAddress(place & ~0xFFF)
        let flip = { (bytes: inout [UInt8]) in bytes[Int(place & 0xFFF)] ^= mask }
        var changes = TraceChanges()
        changes.page = { number, address, bytes in if number > 0, address == page { flip(&bytes) } }
        changes.keyframe = { keyframe in
            var memory = keyframe.memory
            guard keyframe.number > 0, var bytes = try? memory.page(at: page) else { return }
            let before = MemoryDigest.digest(ofPage: bytes.rawSpan, at: page)
            flip(&bytes)
            keyframe.digest.memory =
                keyframe.digest.memory - before + MemoryDigest.digest(ofPage: bytes.rawSpan, at: page)
        }
        return try reader.copy(to: path, changes: changes)
    }
}
