import ByteCoding
import Digest
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

@testable import Recorder

/// Hosts whose KVM fails in the midst of a recording.
@Suite(.needsKVM) struct HostLimitTests {
    /// A host on which `KVM_RUN` fails once it has been called so many times since the host was armed.
    final class FailingHost: Sendable {
        private let isArmed = Atomic(false)
        private let runs = Atomic<Int>(0)
        private let limit: Int
        private let isDead: Bool

        /// - Parameters:
        ///   - limit: less than 0 for a host that fails at once.
        ///   - isDead: everything else fails from then on, too.
        init(afterRuns limit: Int, isDead: Bool) {
            self.limit = limit
            self.isDead = isDead
        }

        func arm() { isArmed.store(true, ordering: .relaxed) }

        var calls: HostCalls {
            HostCalls { call in
                guard self.isArmed.load(ordering: .relaxed) else { return nil }
                let isRun = call == .ioctl("KVM_RUN")
                let count = isRun ? self.runs.add(1, ordering: .relaxed).newValue : self.runs.load(ordering: .relaxed)
                return count > self.limit && (isRun || self.isDead) ? .ioError : nil
            }
        }
    }

    static let outcome = Outcome.hostLimit(
        "KVM_RUN: EIO: Input/output error; the VM belongs to another process, or the kernel has declared it dead: see dmesg"
    )

    /// A guest whose code is looked at while it runs is stopped for that, too, which takes calls of its own.
    @Test(arguments: [("hello", 30), ("pit-ticks", 90), ("tick-nested", 90)], [false, true])
    func recordingIsKeptWithItsOutcomeAndReplays(guest: (name: String, runs: Int), isDead: Bool) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("trace.rrvm")

        let summary = try Self.record(guest.name, on: FailingHost(afterRuns: guest.runs, isDead: isDead), to: path)

        let reader = try TraceReader(path: path)
        #expect(summary.outcome == Self.outcome)
        #expect(summary.trace?.failure == nil)
        #expect(reader.isComplete && reader.outcome == Self.outcome)
        #expect(reader.eventCount == summary.trace?.events && reader.eventCount > 20)
        #expect(throws: Never.self) { try reader.check() }
        let report = try Replay(reader).result.get()
        #expect(report.events == reader.eventCount)
        #expect(report.outcome == Self.outcome)
    }

    @Test func stateAtTheFailureIsKeptWhereTheHostStillGivesIt() throws {
        let directory = try TemporaryDirectory()

        for (isDead, keyframes) in [(false, 2), (true, 1)] {
            let path = directory.file("\(isDead).rrvm")
            _ = try Self.record("hello", on: FailingHost(afterRuns: 30, isDead: isDead), to: path)
            #expect(try TraceReader(path: path).keyframeCount == keyframes)
        }
    }

    @Test func commandsShowTheOutcome() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.record("hello", on: FailingHost(afterRuns: 30, isDead: true), to: directory.file("trace.rrvm"))

        let info = try Command.run("info", "--check", "trace.rrvm", in: directory)
        let replay = try Command.run("replay", "trace.rrvm", in: directory)

        #expect(info.status == 0 && replay.status == 0, "\(info) \(replay)")
        #expect(info.output.contains("\(Self.outcome)"), "\(info.output)")
        #expect(replay.messages.contains("\(Self.outcome)"), "\(replay.messages)")
    }

    @Test func hostThatFailsBeforeTheFirstStateLeavesNoTrace() throws {
        let directory = try TemporaryDirectory()
        let host = FailingHost(afterRuns: -1, isDead: true)

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
        let cpuid = processor.cpuid
        host.arm()
        return try Session.record(
            configuration,
            on: processor,
            showing: cpuid,
            guest: TraceHeader.Guest(
                name: name,
                options: [],
                imageSize: UInt64(configuration.image.bytes.count),
                imageDigest: Digest128(hashing: configuration.image.bytes.rawSpan)
            ),
            recorder: "tests",
            to: path,
            setup: RunSetup(limits: RunLimits(), date: 1_700_000_000)
        )
    }
}
