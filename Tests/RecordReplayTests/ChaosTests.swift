import EndToEnd
import GuestImages
import Platform
import Recorder
import Replayer
import Testing
import TraceFormat
import X86

/// Recordings under `--chaos` of guests whose devices take their time then.
@Suite(.needsKVM) struct ChaosTests {
    @Test(arguments: ["virtio-block", "ata-pio", "ata-dma"], UInt64(1)...4)
    func aDiskThatAnswersLaterIsReplayedToo(guest: String, seed: UInt64) throws {
        let reader = try Recording(of: TestGuest(.named(guest)), chaosSeed: seed).reader

        let report = try Replay(reader).result.get()

        #expect(report.outcome == .exited(code: 0))
        #expect(report.digest == (try reader.keyframes.last?.digest))
    }

    /// What the guest that waits for its IDE disk by polling reads from the disk's status.
    private static func statuses(chaosSeed: UInt64?) throws -> [UInt32] {
        // A clock of the machine's own: a busy host would look when the disk is done.
        var guest = TestGuest(.named("ata-pio"))
        guest.clock = .virtual
        let reader = try Recording(of: guest, chaosSeed: chaosSeed).reader
        return try reader.allEvents().compactMap { recorded in
            guard case .portRead(let access) = recorded.event, access.port == Port(0x1F7) else { return nil }
            return access.value
        }
    }

    @Test func anIDEDiskIsBusyForAWhile() throws {
        let statuses = try (UInt64(1)...4).map { try Self.statuses(chaosSeed: $0) }
        // Not with every seed each time: a busy host may stop the guest for the disk's deadline before it looks.
        #expect(statuses.contains { $0.contains(0x80) })
        #expect(Set(statuses.map(\.count)).count > 1, "seeds decide differently")
        #expect(try !Self.statuses(chaosSeed: nil).contains(0x80))
    }

    @Test func aDiskAnswersLaterThanItIsAsked() throws {
        let readers = try (UInt64(1)...4).map { seed in
            try Recording(of: TestGuest(.named("virtio-block")), chaosSeed: seed).reader
        }

        let later = try readers.map { reader in
            let events = try reader.allEvents().map(\.event.kind)
            return zip(events, events.dropFirst()).count {
                $0 != .deviceWrite && $0 != .memoryWrite && $1 == .deviceWrite
            }
        }

        #expect(later.contains { $0 > 0 }, "one request in five is not answered at once")
        #expect(Set(later).count > 1, "seeds decide differently")
    }
}
