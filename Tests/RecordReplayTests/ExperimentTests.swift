import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Replayer
import Testing
import TraceFormat

/// Guests that are tables of experiments: what each exception, gate, mode switch and page table does, in a line of text. The
/// expected text stands in the guest; KVM and software must each come to it by themselves.
@Suite struct ExperimentTests {
    private static let all = TestGuest.all.filter(\.hasExperiments)
    private static let included = all.filter { guest in TestGuest.included.contains { "\($0)" == "\(guest)" } }

    @Test(arguments: all)
    func softwareShowsTheExpectedText(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: Self.keyframes)

        #expect(guest.experimentLines.count > 1)
        #expect(recording.summary.outcome == .exited(code: 0))
        #expect(recording.firstWrongLine == nil)
    }

    /// All that software can show: SMEP, SMAP, UMIP, PCID and their like are used then.
    @Test func softwareShowsTheSameTextWithEveryFeature() throws { try Self.checkEveryFeature(of: .soft) }

    @Test(.needsKVM) func KVMShowsTheSameTextWithEveryFeature() throws { try Self.checkEveryFeature(of: .kvm) }

    private static func checkEveryFeature(of engine: EngineChoice) throws {
        var guest = TestGuest(.named("features-long"))
        guest.profile = try engine.hostProfile()

        let recording = try Recording(of: guest, on: engine)

        #expect(guest.profile != .baseline)
        #expect(recording.summary.outcome == .exited(code: 0))
        #expect(recording.firstWrongLine == nil)
    }

    @Test(.needsKVM, arguments: included)
    func KVMShowsTheSameText(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        #expect(guest.declares(recording.summary.outcome), "\(recording.summary.outcome)")
        #expect(recording.lines.count > 1)
        #expect(recording.firstWrongLine == nil)
    }

    @Test(.needsKVM, arguments: included)
    func softwareReplaysWhatKVMRecorded(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.console == recording.console)
    }

    /// Only those that this host can execute to their end, and not the one that looks at CPUID, which may differ.
    @Test(.needsKVM, arguments: included.filter { "\($0)" != "features-long" })
    func KVMReplaysWhatSoftwareRecorded(guest: TestGuest) async throws {
        let ownOutcome = try await RecordingStore.shared.recording(of: guest).summary.outcome
        guard ownOutcome == .exited(code: 0) else { return }
        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: Self.keyframes)
        // Some hosts force bits of CPUID on, which software does not.
        var reader = recording.reader
        reader.allowsOtherCPUID = true

        let report = try Replay(reader, landing: .portable).result.get()

        #expect(report.digest == recording.summary.trace?.digest)
    }

    @Test func aWrongAnswerIsNamed() async throws {
        let guest = try #require(Self.all.first)
        var lines = guest.experimentLines
        lines[1] += "!"

        #expect(guest.firstWrongLine(in: guest.experimentLines) == nil)
        #expect(guest.firstWrongLine(in: lines) == "\(lines[1]) instead of \(guest.experimentLines[1])")
        #expect(guest.firstWrongLine(in: Array(lines.prefix(1)), isWhole: false) == nil)
        #expect(guest.firstWrongLine(in: Array(lines.prefix(1))) == "nothing instead of \(guest.experimentLines[1])")
        #expect(guest.firstWrongLine(in: guest.experimentLines + ["more"]) == "more instead of nothing")
    }

    /// Those that KVM needs to replay what software recorded.
    private static let keyframes = KeyframePolicy(atInterrupts: true)
}

extension TestGuest {
    /// The lines that a guest of experiments is expected to print.
    fileprivate var experimentLines: [String] {
        guard case .own(let guest) = source else { return [] }
        return (guest.console ?? "").lines
    }

    /// The first line that is not the expected one, beside that.
    ///
    /// - Parameter isWhole: false if the host could not execute all of the guest.
    fileprivate func firstWrongLine(in lines: [String], isWhole: Bool = true) -> String? {
        let expected = experimentLines
        let count = isWhole ? max(lines.count, expected.count) : lines.count
        for index in 0..<count {
            let line = lines.indices.contains(index) ? lines[index] : "nothing"
            let wanted = expected.indices.contains(index) ? expected[index] : "nothing"
            if line != wanted { return "\(line) instead of \(wanted)" }
        }
        return nil
    }
}

extension Recording {
    fileprivate var lines: [String] { String(decoding: console, as: UTF8.self).lines }

    /// A line that was begun when the host gave up is not counted: experiments print their lines when they have ended.
    fileprivate var firstWrongLine: String? {
        guest.firstWrongLine(in: lines, isWhole: summary.outcome == .exited(code: 0))
    }
}

extension String {
    fileprivate var lines: [String] { split(separator: "\n").map(String.init) }
}
