import ByteCoding
import EndToEnd
import GuestImages
import Machine
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat

/// A guest with a race, recorded until it is lost.
@Suite(.needsKVM) struct UntilFailureTests {
    @Test func raceIsLostWithinTwoHundredTriesAndThenInEveryReplay() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")
        var outcomes: [Outcome] = []

        let summary = try Self.hunt("racy", tries: 200, to: path) { outcomes.append($0) }

        #expect(summary?.outcome == .exited(code: 1))
        #expect(outcomes.dropLast().allSatisfy { !$0.isFailure })
        #expect(try directory.names == ["trace.rrvm"])
        let reader = try TraceReader(path: path)
        #expect(reader.header.chaosSeed == UInt64(outcomes.count))
        for _ in 0..<(SlowTests.areIncluded ? 50 : 5) {
            let report = try Replay(reader).result.get()
            #expect(report.outcome == .exited(code: 1))
            #expect(report.digest == summary?.trace?.digest)
        }
    }

    @Test func guestThatNeverFailsLeavesNoTrace() throws {
        let directory = try TemporaryDirectory()
        var outcomes: [Outcome] = []

        let summary = try Self.hunt("hello", tries: 3, to: directory.file("trace.rrvm")) { outcomes.append($0) }

        #expect(summary == nil)
        #expect(outcomes.count == 3)
        #expect(try directory.names.isEmpty)
    }

    @Test(
        arguments: [
            (.exited(code: 0), false), (.exited(code: 3), true), (.tripleFault, true), (.halted, false),
            (.reset, false),
            (.poweredOff, false), (.stopped(.timeLimit), true), (.stopped(.consoleText("x")), true),
            (.stopped(.eventLimit), false), (.stopped(.interrupted), false),
        ] as [(Outcome, Bool)]
    )
    func outcomesThatAreFailures(outcome: Outcome, isFailure: Bool) {
        #expect(outcome.isFailure == isFailure)
    }

    /// Hunts with the seeds 1, 2, 3 and so on.
    private static func hunt(
        _ name: String,
        tries: Int,
        to path: FilePath,
        attempt: (Outcome) -> Void
    ) throws -> RunSummary? {
        try Session.recordUntilFailure(
            TestGuest(.named(name)).configuration(),
            guest: TraceHeader.Guest(name: name, options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: [path],
            tries: tries,
            setup: { RunSetup(limits: RunLimits(seconds: 60), date: 0, chaosSeed: UInt64($0)) },
            attempt: { attempt($1) }
        )
    }
}
