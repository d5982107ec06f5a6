import EndToEnd
import Engines
import Recorder
import Replayer
import Testing
import TraceFormat

/// A trace means the same on both engines. A few guests of each kind; all of them with the slow tests, but those of
/// experiments: `ExperimentTests` has these.
@Suite struct BothEnginesTests {
    @Test(.needsKVM, arguments: guests)
    func softwareReplaysWhatKVMRecorded(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.console == recording.console)
    }

    @Test(arguments: guests)
    func softwareRecordsAndReplays(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(guest.declares(recording.summary.outcome), "\(recording.summary.outcome)")
        let text = String(decoding: recording.console, as: UTF8.self)
        #expect(guest.declares(console: text, after: recording.summary.outcome))
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.console == recording.console)
    }

    /// Not those with REP OUTS: hosts differ in RIP at its last element, and a replay allows that only where the recording has it at
    /// the instruction.
    @Test(.needsKVM, arguments: guests.filter { "\($0)" != "rep-outs" })
    func replaysUnderKVMWhatSoftwareRecorded(guest: TestGuest) async throws {
        let keyframes = KeyframePolicy(atInterrupts: true)
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: keyframes)
        // Some hosts force bits of CPUID on, which software does not.
        var reader = recording.reader
        reader.allowsOtherCPUID = true

        let report = try Replay(reader, landing: .portable).result.get()

        #expect(report.digest == recording.summary.trace?.digest)
    }

    private static let few: Set = [
        "hello", "exit-codes", "rep-outs", "mmio", "self-modifying", "protected", "long-mode", "pit-ticks",
        "tick-nested", "tick-shadows", "ata-dma", "hvt-hello",
    ]
    /// What differs, or takes minutes: docs/software-processor.md says why.
    private static let others: Set = [
        "self-trace", "self-breakpoints", "bios-256k.bin", "dirty-memory", "silent", "cpuid",
    ]
    private static let guests = TestGuest.included.filter { !$0.hasExperiments }.filter {
        SlowTests.areIncluded ? !others.contains("\($0)") : few.contains("\($0)")
    }
}
