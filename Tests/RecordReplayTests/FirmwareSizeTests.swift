import EndToEnd
import Recorder
import Testing
import TraceFormat

/// What a real guest's trace takes: docs/performance.md has the figures.
@Suite(.needsKVM) struct FirmwareSizeTests {
    @Test(arguments: TestGuest.included.filter { $0.limits.consoleText != nil })
    func firmwareToItsLastMessageTakesLessThanAMebibyte(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        #expect(recording.reader.outcome == .stopped(.consoleText("No bootable device")))
        #expect(recording.reader.byteCount < 1 << 20, "measured: 0.24 MiB")
    }
}
