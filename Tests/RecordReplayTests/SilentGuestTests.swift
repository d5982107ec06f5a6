import ByteCoding
import EndToEnd
import Engine
import GuestImages
import KVMEngine
import Machine
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// Recordings of a guest that makes no exit while it computes.
@Suite(.needsKVM) struct SilentGuestTests {
    @Test func stateIsRecordedWhenItIsDueWithoutAnExit() throws {
        let directory = try TemporaryDirectory()
        let reader = try Recording.ofSilence(every: 20_000_000, to: directory.file("trace.rrvm"))

        let between = try reader.keyframes.filter { $0.position == .asynchronous }

        #expect(between.count >= 3)
        #expect(try reader.allEvents().allSatisfy { $0.event.kind != .interrupt })
    }

    @Test func everyEpochIsExecutedAgainWhateverTheHostCanStop() throws {
        let directory = try TemporaryDirectory()
        let reader = try Recording.ofSilence(every: 20_000_000, to: directory.file("trace.rrvm"))
        let last = try #require(try reader.keyframes.last)

        let report = try Replay(reader).result.get()

        #expect(report.epochsJumped == 0)
        #expect(report.epochsExecuted == reader.keyframeCount - 1)
        #expect(report.digest == last.digest)
    }

    @Test func anEpochThatEndsWhereTheHostIsDeafIsJumpedOverWhenItIsReplayedAlone() throws {
        let directory = try TemporaryDirectory()
        let reader = try Recording.ofSilence(every: 20_000_000, to: directory.file("trace.rrvm"))

        for (number, mode) in try reader.interruptedModes() {
            var session = try KVMReplaySession(reader)
            let report = try session.run(epochs: number - 1..<number).get()
            let canStop = HostProbe.canStop(in: mode)
            #expect(report.jumps[.hostCannotStop] ?? 0 == (canStop ? 0 : 1))
            #expect(report.epochsExecuted == (canStop ? 1 : 0))
        }
    }

    @Test func withoutAScheduleNoneIsRecorded() throws {
        let directory = try TemporaryDirectory()
        let reader = try Recording.ofSilence(every: nil, to: directory.file("trace.rrvm"))

        #expect(reader.keyframeCount == 2)
    }
}

extension Recording {
    /// Records the guest that makes no exit, with a state every so many nanoseconds.
    static func ofSilence(every nanoseconds: UInt64?, to path: FilePath) throws -> TraceReader {
        let guest = TestGuest(.named("silent"))
        let summary = try Session.record(
            guest.configuration(),
            guest: TraceHeader.Guest(name: guest.description, options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: [path],
            setup: RunSetup(
                limits: RunLimits(seconds: 60),
                date: 0,
                keyframes: KeyframePolicy(nanoseconds: nanoseconds, events: nil)
            )
        )
        #expect(summary.outcome == .exited(code: 0))
        return try TraceReader(path: path)
    }
}
