import ByteCoding
import EndToEnd
import Engine
import GuestImages
import KVMCore
import Machine
import Replayer
import Synchronization
import SystemPackage
import Testing
import TraceFormat

@testable import KVMEngine
@testable import Recorder

/// Hosts whose KVM fails in the midst of a recording.
@Suite(.needsKVM) struct HostLimitTests {
    /// What fails, once so many events have been recorded.
    enum Failure: CaseIterable {
        /// The next `KVM_RUN`, and nothing after it.
        case once
        /// `KVM_RUN`, from then on.
        case runs
        /// Everything, from then on.
        case everything
    }

    /// A host that fails once so many events have been recorded since it was armed.
    final class FailingHost: Sendable {
        /// Of the run on this host.
        let progress = RunProgress()
        private let isArmed = Atomic(false)
        private let limit: UInt64
        private let failure: Failure

        /// - Parameter limit: 0 for a host that fails at once.
        init(afterEvents limit: UInt64, _ failure: Failure) {
            self.limit = limit
            self.failure = failure
        }

        func arm() { isArmed.store(true, ordering: .relaxed) }

        var calls: HostCalls {
            HostCalls { call in
                guard self.isArmed.load(ordering: .relaxed), self.progress.events >= self.limit else { return nil }
                guard self.failure == .everything || call == .ioctl("KVM_RUN") else { return nil }
                if self.failure == .once { self.isArmed.store(false, ordering: .relaxed) }
                return .ioError
            }
        }
    }

    static let outcome = Outcome.hostLimit(
        "KVM_RUN: EIO: Input/output error; the VM belongs to another process, or the kernel has declared it dead: see dmesg"
    )

    @Test(arguments: ["hello", "pit-ticks", "tick-nested"], Failure.allCases)
    func recordingIsKeptWithItsOutcomeAndReplays(guest: String, failure: Failure) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")

        let summary = try Self.record(guest, on: FailingHost(afterEvents: 30, failure), to: path)

        let reader = try TraceReader(path: path)
        #expect(summary.outcome == Self.outcome)
        #expect(summary.trace?.failure == nil)
        #expect(reader.isComplete && reader.outcome == Self.outcome)
        #expect(reader.eventCount == summary.trace?.events && reader.eventCount >= 30)
        #expect(throws: Never.self) { try reader.check() }
        let report = try Replay(reader).result.get()
        #expect(report.events == reader.eventCount)
        #expect(report.outcome == Self.outcome)
    }

    @Test func stateAtTheFailureIsKeptWhereTheHostStillGivesIt() throws {
        let directory = try TemporaryDirectory()

        // Where the last access cannot be completed, there is no state.
        for (failure, keyframes) in [(Failure.once, 2), (.runs, 1), (.everything, 1)] {
            let path = directory.file("\(failure).rrvm")
            _ = try Self.record("hello", on: FailingHost(afterEvents: 30, failure), to: path)
            #expect(try TraceReader(path: path).keyframeCount == keyframes)
        }
    }

    @Test func commandsShowTheOutcome() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.record("hello", on: FailingHost(afterEvents: 30, .everything), to: directory.file("trace.rrvm"))

        let info = try Command.run("info", "--check", "trace.rrvm", in: directory)
        let replay = try Command.run("replay", "trace.rrvm", in: directory)

        #expect(info.status == 0 && replay.status == 0, "\(info) \(replay)")
        #expect(info.output.contains("\(Self.outcome)"), "\(info.output)")
        #expect(replay.messages.contains("\(Self.outcome)"), "\(replay.messages)")
    }

    @Test func hostThatFailsBeforeTheFirstStateLeavesNoTrace() throws {
        let directory = try TemporaryDirectory()
        let host = FailingHost(afterEvents: 0, .everything)

        #expect(throws: RecorderError.self) {
            try Self.record("hello", on: host, to: directory.file("trace.rrvm"))
        }

        #expect(try directory.names.isEmpty)
    }

    /// Records a guest on a host that is armed once the machine stands.
    private static func record(_ name: String, on host: FailingHost, to path: FilePath) throws -> RunSummary {
        let configuration = try TestGuest(.named(name)).configuration()
        var processor = try KVMProcessor.make(
            regions: configuration.memoryRegions,
            profile: configuration.profile,
            trapBasePort: configuration.code.basePort,
            host: host.calls
        )
        try processor.restore(configuration.load(into: processor.memory))
        host.arm()
        var setup = RunSetup(limits: RunLimits(), date: 1_700_000_000)
        setup.progress = host.progress
        return try Session.record(
            configuration,
            on: processor,
            guest: TraceHeader.Guest(
                name: name,
                options: [],
                imageSize: UInt64(configuration.image.bytes.count),
                imageDigest: Digest128(hashing: configuration.image.bytes.rawSpan)
            ),
            recorder: "tests",
            to: AnySequence([path]),
            setup: setup
        )
    }
}
