import EndToEnd
import GuestImages
import Replayer
import SystemPackage
import Testing
import TraceFormat
import X86

/// Traces that no recorder writes: a replay says so, whatever they ask for.
@Suite(.needsKVM) struct ImpossibleTraceTests {
    @Test(arguments: [0, 1 << 41, UInt64.max - 4095])
    func deviceWriteOutsideMemoryIsBadData(address: UInt64) async throws {
        let error = try await #require(throws: ReplayError.self) {
            _ = try await replay { events in
                let event = Event.deviceWrite(
                    address: GuestPhysicalAddress(address == 0 ? TestGuest.memorySize : address),
                    bytes: [1, 2, 3]
                )
                events.insert(RecordedEvent(ordinal: EventOrdinal(1), time: 0, rip: 0, event: event), at: 1)
            }
        }

        #expect("\(error)".contains("event 1"), "\(error)")
    }

    @Test(arguments: [Event.halt, .nonMaskableInterrupt, .interrupt(vector: 8), .readMSR(index: 0x10, value: 1)])
    func eventThatTheGuestCannotReachIsADivergence(event: Event) async throws {
        let replay = try await replay { events in
            events.insert(RecordedEvent(ordinal: EventOrdinal(1), time: 0, rip: 0, event: event), at: 1)
        }

        #expect(replay.firstDifference != nil)
    }

    @Test func traceWithoutStateHasNothingToReplay() async throws {
        await #expect(throws: ReplayError.self) {
            _ = try await replay { events in events.removeAll { $0.event.kind == .keyframe } }
        }
    }

    @Test func traceThatDoesNotBeginWithAStateIsBadData() async throws {
        await #expect(throws: ReplayError.self) {
            _ = try await replay { events in events.swapAt(0, 1) }
        }
    }

    private func replay(_ change: @escaping (inout [RecordedEvent]) -> Void) async throws -> Replay {
        let recording = try await RecordingStore.shared.recording(of: TestGuest(.named("hello")))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = change
        return try Replay(recording.reader.copy(to: directory.file("changed.rrvm"), changes: changes))
    }
}
