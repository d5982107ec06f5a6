import ByteCoding
import EndToEnd
import Engine
import GuestImages
import Machine
import Platform
import Recorder
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// What becomes of a guest that hashes 20,000 reads of the time-stamp counter.
@Suite(.needsKVM) struct HiddenReadPolicyTests {
    @Test func trappedCounterIsReplayed() throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(.trap, in: directory)
        #expect(try reader.allEvents().count { $0.event.kind == .hiddenRead } == 20_000)
        #expect(try Replay(reader).firstDifference == nil)
        #expect(reader.header.notes.isEmpty)
        #expect(reader.header.listsWrittenPages)
    }

    @Test(arguments: [HiddenReadPolicy.Treatment.native, .hide])
    func counterThatIsNotTrappedIsFoundAsADifference(treatment: HiddenReadPolicy.Treatment) throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.record(treatment, in: directory)
        #expect(try reader.allEvents().contains { $0.event.kind == .hiddenRead } == false)
        let divergence = try #require(throws: Divergence.self) { try Replay(reader).result.get() }
        #expect(divergence.cause.contains("RDTSC at rip 0x"), "\(divergence.cause)")
        let shown = reader.header.processor.cpuid.contains { $0.function == 1 && $0.edx >> 4 & 1 == 1 }
        #expect(reader.header.notes.contains { $0.key == "tsc" } == (treatment == .native))
        #expect(reader.header.notes.contains { $0.key == "hide" } == (treatment == .hide && shown))
    }

    private static func record(
        _ counters: HiddenReadPolicy.Treatment,
        in directory: borrowing TemporaryDirectory
    ) throws -> TraceReader {
        let path = directory.file("trace.rrvm")
        let configuration = try MachineConfiguration(
            memorySize: TestGuest.memorySize,
            image: GuestImage(bytes: Guest.named("tsc-hash").image, bootProtocol: .flat),
            profile: .baseline,
            hiddenReads: HiddenReadPolicy(counters: counters)
        )
        let summary = try Session.record(
            configuration,
            guest: TraceHeader.Guest(name: "tsc-hash", options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: [path],
            setup: RunSetup(limits: RunLimits(seconds: 60), date: 0)
        )
        #expect(summary.outcome == .exited(code: 0))
        return try TraceReader(path: path)
    }
}
