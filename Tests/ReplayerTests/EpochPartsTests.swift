import ByteCoding
import Dispatch
import EndToEnd
import Engine
import Engines
import GuestImages
import Recorder
import SoftEngine
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Replays that are divided among several workers.
@Suite struct EpochPartsTests {
    @Test(arguments: [1, 2, 5, 1000]) func partsFindWhatOneReplayFinds(count: Int) async throws {
        let reader = try await SharedReplayTests.ticked()
        let expected = try Replay(reader, on: .soft).result.get()

        let run = try #require(try Self.replay(reader, parts: count))

        #expect(run.isProved)
        #expect(run.report.events == expected.events)
        #expect(run.report.epochsExecuted == expected.epochsExecuted)
        #expect(run.report.epochs.map(\.number) == expected.epochs.map(\.number))
        #expect(run.report.epochs.map(\.events) == expected.epochs.map(\.events))
        #expect(run.report.digest == expected.digest)
    }

    /// The second fault is in a part that another worker may be done with first.
    @Test(arguments: [[0.3], [0.95], [0.4, 0.9], [0.1, 0.5]])
    func firstOfSomeFaultsIsNamedAsOneReplayNamesIt(places: [Double]) async throws {
        let reader = try await SharedReplayTests.ticked()
        let writes = try reader.allEvents().filter { $0.event.kind == .portWrite }
        let faults = places.map { Int(writes[Int($0 * Double(writes.count))].ordinal.rawValue) }
        let faulty = try SharedReplayTests.copy(reader) { events in
            for fault in faults { events[fault].rip += 0x100 }
        }
        let alone = try SharedReplayTests.replayer(SoftProcessor.self, faulty).replay(SharedReplayTests.all(faulty)) {
            _ in
        }

        let run = try #require(try Self.replay(faulty, parts: 12))

        #expect(run.divergence?.moment.event.rawValue == UInt64(faults[0]))
        #expect(run.divergence?.description == alone.divergence?.description)
        #expect(run.report.events == alone.report.events)
        #expect(run.report.epochsExecuted == alone.report.epochsExecuted)
        #expect(run.report.digest == alone.report.digest)
    }

    @Test func nothingIsReplayedBehindAPartThatIsKnownToDiffer() async throws {
        let reader = try await SharedReplayTests.ticked()
        let parts = try EpochParts(reader, 0..<reader.keyframeCount, count: 10)
        var asked: [Range<Int>] = []

        parts.work { request in
            asked.append(request.epochs)
            if asked.count == 3 { throw ReplayError.notReached(EventOrdinal(7)) }
            return try SharedReplayTests.replayer(SoftProcessor.self, reader).replay(request) { _ in }
        }

        #expect(parts.count == 10)
        #expect(asked.count == 3)
        #expect(throws: ReplayError.self) {
            try parts.whole { try SharedReplayTests.replayer(SoftProcessor.self, reader).replay($0) { _ in } }
        }
    }

    /// A trace that goes on behind the guest's end, in another part.
    @Test func whatAnExitLetsFollowIsKnownInTheNextPart() throws {
        // mov al, 0; out F4h, al; mov al, 7; out F4h, al
        let lie = try Self.goingOn(behind: [0xB0, 0, 0xE6, 0xF4], to: [0xB0, 7, 0xE6, 0xF4])

        try Self.expectSameDivergence(in: lie)
    }

    /// The command that makes the second write a reset is in another part than that.
    @Test func commandOfTheKeyboardControllerIsKnownInLaterParts() throws {
        // mov al, D1h; out 64h, al; mov al, FEh; out 60h, al; then as above
        let lie = try Self.goingOn(
            behind: [0xB0, 0xD1, 0xE6, 0x64, 0xB0, 0xFE, 0xE6, 0x60],
            to: [0xB0, 7, 0xE6, 0xF4]
        )

        try Self.expectSameDivergence(in: lie)
    }

    @Test func noPartEndsInAStateThatAReplayMayPassOver() async throws {
        let guest = TestGuest(.named("silent"))
        let keyframes = KeyframePolicy(nanoseconds: 5_000_000, events: nil)
        let reader = try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: keyframes).reader
        let between = try SharedReplayTests.landings(reader)

        let parts = try reader.parts(of: 0..<reader.keyframeCount, count: 100)

        #expect(between.count > 3)
        #expect(parts.allSatisfy { !between.contains($0.upperBound - 1) })
        #expect(parts.flatMap(Array.init) == Array(0..<reader.keyframeCount))
    }

    // MARK: What is replayed

    /// Replays a trace in so many parts, on four threads.
    private static func replay(_ reader: TraceReader, parts count: Int) throws -> EpochRun? {
        let parts = try EpochParts(reader, 0..<reader.keyframeCount, count: count)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            var replay = Result {
                try SharedReplay(reader, main: SharedReplayTests.replayer(SoftProcessor.self, reader))
            }
            parts.work { request in
                var machines = try replay.get()
                defer { replay = .success(machines) }
                return try machines.run(request)
            }
        }
        return try parts.whole { try SharedReplayTests.replayer(SoftProcessor.self, reader).replay($0) { _ in } }
    }

    /// A trace of which the guest's run ended with a piece of code, but which goes on with another piece. It has a keyframe
    /// behind each event.
    private static func goingOn(behind end: [UInt8], to rest: [UInt8]) throws -> TraceReader {
        let keyframes = KeyframePolicy(nanoseconds: nil, events: 1)
        let guest = TestGuest(code: end + rest)
        let honest = try Recording(of: guest, on: .soft, keyframes: keyframes).reader
        let events = try honest.allEvents()
        let directory = try TemporaryDirectory()
        let path = directory.file("lie.rrvm")
        var writer = try TraceWriter(path: path, header: honest.header)
        for recorded in events.dropLast() { try writer.append(recorded, of: honest) }
        let exit = try #require(events.last { $0.event.kind == .portWrite })
        let last = try honest.keyframe(honest.keyframeCount - 1)
        let distance = UInt64(rest.count)
        let write = Event.portWrite(PortAccess(port: Port(0xF4), size: .byte, value: 7))
        writer.append(write, rip: exit.rip + distance, time: exit.time, instructions: 2)
        var state = last.state
        (state.rip, state.general[0]) = (state.rip + distance, 7)
        let digest = StateDigest(processor: state.digest, memory: last.digest.memory)
        writer.appendKeyframe(.synchronous, state: state, digest: digest, time: exit.time, instructions: 0)
        try writer.finish(.exited(code: 7), time: exit.time)
        return try TraceReader(path: path)
    }

    private static func expectSameDivergence(in lie: TraceReader) throws {
        let alone = try #require(try Replay(lie, on: .soft).divergence)
        let run = try #require(try replay(lie, parts: lie.keyframeCount))
        #expect(run.divergence?.description == alone.description)
    }
}

extension TraceWriter {
    /// Writes an event of another trace as it is there.
    fileprivate mutating func append(_ recorded: RecordedEvent, of reader: TraceReader) throws {
        let count = recorded.instructions ?? 0
        guard case .keyframe(let number, let position) = recorded.event else {
            append(recorded.event, rip: recorded.rip, time: recorded.time, instructions: count)
            return
        }
        let keyframe = try reader.keyframe(Int(number))
        var memory = keyframe.memory
        for address in keyframe.changedPages {
            let page = try memory.page(at: address)
            addPage(address, page.rawSpan)
        }
        let (state, digest) = (keyframe.state, keyframe.digest)
        appendKeyframe(position, state: state, digest: digest, time: recorded.time, instructions: count)
    }
}
