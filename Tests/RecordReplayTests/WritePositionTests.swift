import EndToEnd
import Engines
import GuestImages
import Replayer
import Testing
import TraceFormat
import X86

/// Hosts report RIP at an OUT or behind it. Which of the two a recording has does not matter, even where the guest traps behind it
/// and has entered its handler.
@Suite struct WritePositionTests {
    /// Replays a recording in software whose OUT instructions report a place so many bytes before their end.
    private func replay(_ name: String, movedBack bytes: UInt64) async throws -> Replay {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named(name)), on: .soft)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { events in
            for index in events.indices {
                guard case .portWrite(let write) = events[index].event, write.port == Port(0x80) else { continue }
                events[index].rip -= bytes
            }
        }
        let reader = try recording.reader.copy(to: directory.file("moved.rrvm"), changes: changes)
        return try Replay(reader, landing: .exact, on: .soft)
    }

    @Test(arguments: ["self-trace", "self-breakpoints"])
    func theInstructionItselfIsTheSamePlace(name: String) async throws {
        // OUT to a port in the instruction has two bytes.
        let report = try await replay(name, movedBack: 2).result.get()

        #expect(report.epochsJumped == 0)
    }

    @Test(arguments: ["self-trace", "self-breakpoints"])
    func anotherPlaceIsADivergence(name: String) async throws {
        let result = try await replay(name, movedBack: 1).result

        #expect(throws: Divergence.self) { try result.get() }
    }
}
