import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import Replayer
import Testing
import TraceFormat
import X86

/// Recordings of software: they count instructions, so that a replay in software needs no keyframe to land.
@Suite struct CountedReplayTests {
    /// Guests that compute until they are interrupted.
    private static let guests = ["tick-memory-counter", "tick-rep-string", "tick-nested"].map(Guest.named)

    @Test(arguments: guests)
    func interruptsBetweenTwoExitsNeedNoKeyframe(_ guest: Guest) async throws {
        let recording = try await recording(of: guest)
        let interrupt = try #require(try recording.events.first(where: \.isBetweenExits))
        let before = try recording.reader.event(at: EventOrdinal(interrupt.ordinal.rawValue - 1))
        #expect(before.event.kind != .keyframe)

        let replay = try Replay(recording.reader, landing: .exact, on: .soft)

        let report = try replay.result.get()
        #expect(report.digest == recording.summary.trace?.digest)
        #expect(report.epochsJumped == 0)
        #expect(replay.visited.map(\.instructions) == (try recording.events).map(\.instructions))
    }

    @Test(arguments: guests)
    func interruptThatComesAnInstructionLaterIsFound(_ guest: Guest) async throws {
        let interrupt = try #require(try await recording(of: guest).events.last(where: \.isBetweenExits))

        let replay = try await replay(guest) { $0[Int(interrupt.ordinal.rawValue)].instructions = interrupt.after(1) }

        let difference = try #require(replay.firstDifference)
        #expect(difference >= interrupt.ordinal)
    }

    @Test func exitThatComesAnInstructionEarlierIsFoundThere() async throws {
        let letter = EventOrdinal(4)

        let replay = try await replay(.named("hello")) { events in
            events[Int(letter.rawValue)].instructions = (events[Int(letter.rawValue)].instructions ?? 0) + 1
        }

        #expect(replay.firstDifference == letter)
        let report = try #require(replay.divergence).description
        #expect(report.contains("instructions after the event before"), "\(report)")
    }

    @Test func keyframesAtInterruptsAreTakenIfAskedFor() async throws {
        let guest = TestGuest(Self.guests[0])
        let keyframes = KeyframePolicy(atInterrupts: true)

        let recording = try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: keyframes)

        #expect(!(try recording.events.contains(where: \.isBetweenExits)))
        #expect(recording.reader.header.landing == .breakpoint)
    }

    @Test(.needsKVM) func hostThatDoesNotCountSaysSo() async throws {
        var reader = try await recording(of: Self.guests[0]).reader
        reader.allowsOtherCPUID = true

        let error = try #require(throws: ReplayError.self) { _ = try Replay(reader, landing: .portable) }

        #expect("\(error)".contains("use --engine soft"), "\(error)")
    }

    @Test(.needsKVM, arguments: guests)
    func countsAreAddedToWhatKVMRecorded(_ guest: Guest) async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(guest))
        let counts = try Replay(recording.reader, landing: .exact, on: .soft).visited.map { $0.instructions ?? 0 }
        let directory = try TemporaryDirectory()
        let path = directory.file("counted.rrvm")
        try recording.reader.copy(to: path, options: TraceCopyOptions(instructions: counts))
        let counted = try TraceReader(path: path)

        let replay = try Replay(counted, landing: .exact, on: .soft)

        #expect(try replay.result.get().digest == recording.summary.trace?.digest)
        #expect(try counted.allEvents().map(\.instructions) == counts)
        #expect(try Replay(counted).result.get().digest == recording.summary.trace?.digest)
    }

    @Test(arguments: guests)
    func momentIsReachedByItsCount(_ guest: Guest) async throws {
        let reader = try await recording(of: guest).reader
        let interrupt = try #require(try reader.allEvents().last(where: \.isBetweenExits))
        let moment = Moment(
            event: EventOrdinal(interrupt.ordinal.rawValue - 1),
            instructions: min(interrupt.instructions ?? 0, 200)
        )

        let digests = try EngineChoice.soft.perform(BothWays(reader: reader, moment: moment))

        #expect(digests.atOnce == digests.stepped)
    }

    /// Goes to a moment at once, and step by step.
    private struct BothWays: EngineTask {
        let reader: TraceReader
        let moment: Moment

        func perform<P: EngineProcessor & ~Copyable>(
            on engine: P.Type
        ) throws -> (atOnce: ProcessorState, stepped: ProcessorState) {
            var atOnce = try Timeline<P>(reader)
            try atOnce.seek(to: moment)
            var stepped = try Timeline<P>(reader)
            try stepped.seek(to: Moment(event: moment.event))
            while let present = stepped.moment, present < moment { _ = try stepped.step() }
            return (try atOnce.state(), try stepped.state())
        }
    }

    private func recording(of guest: Guest) async throws -> Recording {
        try await RecordingStore.shared.recording(of: TestGuest(guest), on: .soft)
    }

    /// Records a guest in software, changes its events, and replays that in software.
    private func replay(_ guest: Guest, changing change: @escaping (inout [RecordedEvent]) -> Void) async throws
        -> Replay
    {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = change
        let changed = try await recording(of: guest).reader.copy(to: directory.file("changed.rrvm"), changes: changes)
        return try Replay(changed, on: .soft)
    }
}

extension RecordedEvent {
    /// Whether the guest was given it between two exits, at a count of instructions.
    fileprivate var isBetweenExits: Bool { event.kind == .interrupt && instructions ?? 0 > 0 }

    /// So many instructions more than were recorded.
    fileprivate func after(_ count: UInt64) -> UInt64 { (instructions ?? 0) + count }
}
