import EndToEnd
import GuestImages
import Recorder
import Replayer
import Testing
import TraceFormat
import X86

/// Traces of every guest's that are whole and consistent, but for how they say that the run ended.
@Suite(.needsKVM) struct PlantedEndTests {
    /// An outcome of each kind that a guest itself brings about.
    private static let ofGuests: [Outcome] = [
        .exited(code: 0), .exited(code: 7), .halted, .tripleFault, .reset, .poweredOff,
        .emulationFailure(address: GuestVirtualAddress(0x7C00), instruction: [0xD9, 0xE8], text: "fld1"),
        .guestFault("it read 1 bytes from port 0x60, which a unikernel cannot"),
    ]
    /// What the host ends a run for: a guest that has ended by itself has not been stopped.
    private static let ofHosts: [Outcome] = [
        .stopped(.interrupted), .stopped(.timeLimit), .stopped(.eventLimit), .stopped(.sizeLimit), .stopped(.cut),
        .stopped(.consoleText("no guest shows this")), .hostLimit("the host gave up"),
    ]

    /// One guest for each way to end, and quick ones.
    private static let guests = TestGuest.included.filter {
        [
            "hello", "exit-codes", "halt-off", "triple-fault", "reset-port-92", "reset-port-cf9", "reset-keyboard",
            "power-off", "hvt-hello", "hvt-exit-codes", "hvt-write-constant", "hvt-bad-pointer", "emulation-failure",
            "long-mode", "tick-after-pio",
        ].contains($0.description)
    }

    @Test(arguments: guests) func everyOtherEndOfTheGuestsOwnIsFound(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)
        let others = Self.ofGuests.filter { $0 != recording.summary.outcome }

        for claim in others {
            let divergence = try Self.replay(recording, claiming: claim).divergence
            #expect(divergence != nil, "\(guest): \(claim)")
        }
    }

    /// Those whose last exit alone says that it is the last.
    private static let certain = guests.filter {
        !["halt-off", "triple-fault", "emulation-failure", "hvt-bad-pointer"].contains($0.description)
    }

    @Test(arguments: certain)
    func anEndByTheGuestsLastExitIsNoEndByTheHost(guest: TestGuest) async throws {
        let recording = try await RecordingStore.shared.recording(of: guest)

        for claim in Self.ofHosts {
            let divergence = try #require(try Self.replay(recording, claiming: claim).divergence, "\(claim)")
            #expect(divergence.actual == "\(recording.summary.outcome)")
            #expect(divergence.moment.event.rawValue + 1 == recording.reader.events.upperBound.rawValue)
        }
    }

    @Test func textThatTheConsoleDidNotShowLastIsFound() async throws {
        let guest = TestGuest(.named("hello"))
        let recording = try await RecordingStore.shared.recording(of: guest)
        let letters = try recording.events.filter { !$0.event.consoleBytes.isEmpty }
        let middle = letters[letters.count / 2].ordinal

        let shown = String(decoding: letters.prefix(letters.count / 2 + 1).flatMap(\.event.consoleBytes), as: UTF8.self)

        #expect(try Self.replay(recording, stoppedAt: String(shown.suffix(4)), behind: middle).divergence == nil)
        #expect(try Self.replay(recording, stoppedAt: "nowhere", behind: middle).divergence != nil)
        // A recording goes on to the end of the line.
        #expect(try Self.replay(recording, stoppedAt: String(shown.prefix(4)), behind: middle).divergence == nil)
    }

    @Test func textThatTheConsoleShowedOnAnEarlierLineIsFound() async throws {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("rep-outs")))
        let letters = try recording.events.filter { !$0.event.consoleBytes.isEmpty }
        // "upwards", and "downwards" without its end.
        let last = letters["upwards\ndownward".count - 1].ordinal

        #expect(try Self.replay(recording, stoppedAt: "down", behind: last).divergence == nil)
        #expect(try Self.replay(recording, stoppedAt: "s\ndown", behind: last).divergence == nil)
        #expect(try Self.replay(recording, stoppedAt: "up", behind: last).divergence != nil)
    }

    private static func replay(_ recording: Recording, claiming claim: Outcome) throws -> Replay {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { $0[$0.count - 1].event = .end(claim) }
        let changed = try recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes)
        return try Replay(changed, landing: .portable)
    }

    /// A trace that ends behind an event because of a text.
    private static func replay(
        _ recording: Recording,
        stoppedAt text: String,
        behind last: EventOrdinal
    ) throws -> Replay {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { events in
            var end = events[events.count - 1]
            end.event = .end(.stopped(.consoleText(text)))
            events = Array(events.prefix(Int(last.rawValue) + 1)) + [end]
        }
        let changed = try recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes)
        return try Replay(changed, landing: .portable)
    }
}
