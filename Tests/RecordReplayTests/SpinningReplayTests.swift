import ByteCoding
import EndToEnd
import Engine
import GuestImages
import GuestMemory
import KVMEngine
import Machine
import Platform
import Recorder
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Guests that, with what a trace was made to say, never come to another exit.
@Suite(.needsKVM) struct SpinningReplayTests {
    /// Reads port 0x61 and spins for ever if bit 7 is set, which it is not in a recording.
    private static let code: [UInt8] = [
        0xE4, 0x61,  // in al, 0x61
        0xA8, 0x80,  // test al, 0x80
        0x75, 0xFE,  // jnz here
        0x30, 0xC0,  // xor al, al
        0xE6, 0xF4,  // exit with 0
    ]

    @Test func aGuestThatSpinsIsADivergenceThatSaysWhere() throws {
        let directory = try TemporaryDirectory()
        let spinning = try Self.spinning(in: directory)

        let divergence = try #require(try Replay(spinning).divergence)

        #expect(divergence.moment.event == EventOrdinal(2))
        #expect(divergence.actual.contains("did not reach its next exit"), "\(divergence.actual)")
        #expect(divergence.instructions.first?.text.hasPrefix("jnz") == true, "\(divergence.instructions)")
        #expect(divergence.description.contains("rip 0x7c04"), "\(divergence)")
    }

    @Test func aTimelineThatSpinsEndsBySeekingAndBySearching() throws {
        let directory = try TemporaryDirectory()
        let spinning = try Self.spinning(in: directory)
        let isDivergence = { (error: any Error) in
            if case TimelineError.divergence? = error as? TimelineError { true } else { false }
        }

        #expect(
            performing: {
                var timeline = try KVMTimeline(spinning)
                try timeline.seek(to: Moment(event: EventOrdinal(2)))
            },
            throws: isDivergence
        )
        #expect(
            performing: {
                let symbols = try CodeListing(spinning).symbols
                var search = try MomentSearch(KVMTimeline(spinning), Condition("rax == 0xdead", symbols: symbols))
                _ = try search.first()
            },
            throws: isDivergence
        )
    }

    @Test func aForgedFirstStateThatSpinsIsADivergence() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hello")))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { events in events = Array(events.prefix(2)) + Array(events.suffix(1)) }
        let cut = try recording.reader.copy(to: directory.file("cut.rrvm"), changes: changes)
        let rip = try cut.firstKeyframe().state.rip
        // JMP to itself where the guest begins, in memory and in what its digest says of it.
        let page = GuestPhysicalAddress(rip & ~0xFFF)
        var memory = try cut.firstKeyframe().memory
        var bytes = try memory.page(at: page)
        bytes.replaceSubrange(Int(rip & 0xFFF)..<Int(rip & 0xFFF) + 2, with: [0xEB, 0xFE])
        var core = try ReplayCore<KVMProcessor>(cut)
        let first = try #require(try core.nextEvent())
        try core.replay(first, landing: .auto)
        try core.processor.memory.write(bytes, at: page)
        let next = try #require(try core.nextEvent())

        #expect(
            performing: { try core.replay(next, landing: .auto) },
            throws: { error in
                if case ReplayStop.divergence(let report)? = error as? ReplayStop {
                    report.actual.contains("did not reach")
                } else {
                    false
                }
            }
        )
    }

    @Test func limitsFollowTheRecordingsOwnTime() throws {
        let directory = try TemporaryDirectory()
        let own = GuestTimeLimit(try Self.record(in: directory).header, isSoftware: false)
        var header = try TraceReader(path: directory.file("spin.rrvm")).header
        header.host.module = "another"
        let foreign = GuestTimeLimit(header, isSoftware: false)

        #expect(own.running(0) == GuestTimeLimit.floor)
        #expect(own.running(10_000) == 10_000 * GuestTimeLimit.factor)
        #expect(foreign.running(10_000) == 10_000 * GuestTimeLimit.foreignFactor)
        #expect(own.stepping(0) == GuestTimeLimit.steppingFloor)
    }

    private static func record(in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        let configuration = try MachineConfiguration(
            memorySize: 1 << 20,
            image: GuestImage(bytes: code, bootProtocol: .flat),
            profile: .baseline
        )
        let path = directory.file("spin.rrvm")
        _ = try Session.record(
            configuration,
            guest: TraceHeader.Guest(name: "spin", options: [], imageSize: 0, imageDigest: .zero),
            recorder: "tests",
            to: [path],
            setup: RunSetup(limits: RunLimits(seconds: 30), date: 0)
        )
        return try TraceReader(path: path)
    }

    private static func spinning(in directory: borrowing TemporaryDirectory) throws -> TraceReader {
        var changes = TraceChanges()
        changes.events = { events in
            guard case .portRead(var access) = events[1].event else { return }
            access.value ^= 0x80
            events[1].event = .portRead(access)
        }
        return try record(in: directory).copy(to: directory.file("spinning.rrvm"), changes: changes)
    }
}
