import EndToEnd
import GuestImages
import Replayer
import Testing
import TraceFormat

/// Recordings under `--chaos` of guests whose devices take their time then.
@Suite(.needsKVM) struct ChaosTests {
    @Test(arguments: UInt64(1)...4)
    func aDiskThatAnswersLaterIsReplayedToo(seed: UInt64) throws {
        let reader = try Recording(of: TestGuest(.named("virtio-block")), chaosSeed: seed).reader

        let report = try Replay(reader).result.get()

        #expect(report.outcome == .exited(code: 0))
        #expect(report.digest == (try reader.keyframes.last?.digest))
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
