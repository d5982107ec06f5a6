import EndToEnd
import Recorder
import Replayer
import Testing
import TraceFormat

/// What holds for every guest.
@Suite(.needsKVM) struct EveryGuestTests {
    @Test(arguments: TestGuest.included)
    func endsAsItDeclares(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        #expect(guest.declares(recording.summary.outcome), "\(recording.summary.outcome)")
        #expect(recording.reader.outcome == recording.summary.outcome)
        #expect(recording.reader.isComplete)
        #expect(guest.declares(console: recording.text, after: recording.summary.outcome), "\(recording.text)")
        #expect(recording.console == (try recording.events.flatMap(\.event.consoleBytes)))
        #expect(recording.summary.screen == guest.screen)
    }

    @Test(arguments: TestGuest.included)
    func everyReplayIsTheRecording(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)
        let events = try recording.events
        let digest = try #require(recording.summary.trace?.digest)

        for _ in 0..<recording.replays {
            let replay = try Replay(recording.reader, landing: recording.landing)
            let report = try replay.result.get()
            #expect(report.digest == digest)
            #expect(report.outcome == recording.summary.outcome)
            #expect(replay.console == recording.console)
            #expect(replay.visited == events)
        }
    }

    @Test(arguments: TestGuest.included)
    func everyEventIsReplayedAndEveryKeyframeIsMet(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)
        let keyframes = try recording.reader.keyframes

        let report = try Replay(recording.reader, landing: .portable).result.get()

        #expect(report.events == recording.reader.eventCount)
        #expect(report.events == recording.summary.trace?.events)
        #expect(report.epochsExecuted + report.epochsJumped == keyframes.count - 1)
        #expect(report.epochsJumped == keyframes.count { $0.position == .asynchronous })
        #expect(report.epochsExecuted >= 1)
        #expect(report.digest == keyframes.last?.digest)
    }

    @Test(arguments: TestGuest.included)
    func wholeTraceIsSound(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        #expect(throws: Never.self) { try recording.reader.check() }
    }
}

extension Recording {
    /// What the guest showed, as text.
    fileprivate var text: String { String(decoding: console, as: UTF8.self) }

    /// Executing to every interrupt takes long where one came between two exits, and minutes where ten thousand did: the tests
    /// of landing do that for some.
    fileprivate var landing: Landing { SlowTests.areIncluded && reader.keyframeCount < 5000 ? .auto : .portable }

    /// How often it is replayed: the quicker, the more often, and unikernels always often.
    fileprivate var replays: Int {
        if SlowTests.areIncluded { return 20 }
        return summary.seconds < 0.3 || reader.header.machine.board == "hvt" ? 5 : 2
    }
}
