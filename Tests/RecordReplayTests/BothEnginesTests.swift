import EndToEnd
import Recorder
import Replayer
import Testing
import TraceFormat

/// A trace means the same on both engines.
@Suite struct BothEnginesTests {
    @Test(.needsKVM, arguments: TestGuest.included)
    func softwareReplaysWhatKVMRecorded(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.console == recording.console)
    }

    @Test(arguments: TestGuest.included)
    func softwareRecordsAndReplays(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(guest.declares(recording.summary.outcome), "\(recording.summary.outcome)")
        #expect(guest.declares(console: String(decoding: recording.console, as: UTF8.self)))
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.console == recording.console)
    }

    @Test(.needsKVM, arguments: TestGuest.included)
    func replaysUnderKVMWhatSoftwareRecorded(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft)

        let report = try Replay(recording.reader, landing: .portable).result.get()

        #expect(report.digest == recording.summary.trace?.digest)
    }
}
