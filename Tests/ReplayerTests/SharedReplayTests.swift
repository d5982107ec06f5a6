import EndToEnd
import Engine
import Engines
import GuestImages
import GuestMemory
import KVMEngine
import Recorder
import SoftEngine
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Replays that two engines share. Software takes both parts here, so that faults can be planted in each.
@Suite struct SharedReplayTests {
    @Test func twoEnginesFindWhatOneFinds() async throws {
        let reader = try await Self.ticked()
        let alone = try Replay(reader, on: .soft)
        var visited: [RecordedEvent] = []
        var shared = try Self.shared(reader)

        let run = try shared.run(Self.all(reader, wantsEvents: true)) { step in
            if case .event(let recorded) = step { visited.append(recorded) }
        }

        let expected = try alone.result.get()
        #expect(run.isProved)
        #expect(run.report.events == expected.events)
        #expect(run.report.epochsExecuted == expected.epochsExecuted)
        #expect(run.report.epochs.map(\.events) == expected.epochs.map(\.events))
        #expect(run.report.digest == expected.digest)
        #expect(run.report.outcome == expected.outcome)
        #expect(visited == alone.visited)
        #expect(run.report.epochsLanded > 0)
        #expect(run.report.epochsLanded <= (try Self.landings(reader).count))
    }

    @Test func progressCountsEachEventOnceAlsoWhereAnEpochIsReplayedTwice() async throws {
        let reader = try await Self.ticked()
        var shared = try Self.shared(reader, lander: FlippingProcessor<WrongTurn>.self)
        var count: UInt64 = 0

        let run = try shared.run(Self.all(reader)) { count += $0.count }

        #expect(run.isProved)
        #expect(count == run.report.events)
    }

    @Test func landerThatGoesWrongProvesNothingAndDisprovesNothing() async throws {
        let reader = try await Self.ticked()
        var shared = try Self.shared(reader, lander: FlippingProcessor<WrongTurn>.self)
        let lander = try Self.replayer(FlippingProcessor<WrongTurn>.self, reader)

        let run = try shared.run(Self.all(reader))

        #expect(try lander.replay(Self.all(reader)) { _ in }.divergence != nil, "or nothing was planted")
        #expect(run.isProved)
        #expect(run.report.digest == (try reader.keyframes.last?.digest))
    }

    @Test func faultOfBothEnginesIsNamedAsOneEngineNamesIt() async throws {
        let reader = try await Self.ticked()
        let wrong = FlippingProcessor<WrongTurn>.self
        var shared = try Self.shared(reader, main: wrong, lander: wrong)

        let run = try shared.run(Self.all(reader))

        let alone = try Self.replayer(wrong, reader).replay(Self.all(reader)) { _ in }
        let divergence = try #require(run.divergence)
        #expect(divergence.description == alone.divergence?.description)
        #expect(run.report.events == alone.report.events)
        #expect(run.report.epochsExecuted == alone.report.epochsExecuted)
    }

    /// Whether the changed exit is in an epoch that ends between two exits, which the lander executes, or in another.
    @Test(arguments: [true, false])
    func changedExitIsNamedAsOneEngineNamesIt(isLanderEpoch: Bool) async throws {
        let reader = try await Self.ticked()
        let landings = try Self.landings(reader)
        let keyframes = try reader.keyframes.map(\.event)
        let writes = try reader.allEvents().filter { $0.event.kind == .portWrite }
        let changed = try #require(
            writes.last { write in
                guard let epoch = keyframes.lastIndex(where: { $0 < write.ordinal }) else { return false }
                return landings.contains(epoch) == isLanderEpoch && write.ordinal > EventOrdinal(30)
            }
        )
        let faulty = try Self.copy(reader) { $0[Int(changed.ordinal.rawValue)].rip += 0x100 }
        let alone = try #require(try Replay(faulty, on: .soft).divergence)
        var shared = try Self.shared(faulty)

        let run = try shared.run(Self.all(faulty))

        #expect(run.divergence?.moment.event == changed.ordinal)
        #expect(run.divergence?.description == alone.description)
    }

    @Test func landerThatCannotReplayIsLeftOut() async throws {
        let reader = try await Self.ticked()
        let main = try Self.replayer(SoftProcessor.self, reader)
        var shared = SharedReplay(reader, main: main) { () throws(ReplayError) in
            throw ReplayError.engine(.hostLacks("everything"))
        }

        let run = try shared.run(Self.all(reader))

        #expect(run.isProved)
        #expect(run.report.epochsLanded == 0)
    }

    /// An engine that stops nowhere may restore what follows, or be spared that.
    @Test(arguments: [Landing.auto, .exact])
    func whatTheMainEngineCannotStopAtIsTheLandersOnlyIfNothingMayBeRestored(_ landing: Landing) async throws {
        let reader = try await Self.ticked()
        let main = try Self.replayer(SoftProcessor.self, reader, landing)
        let lander = try Self.replayer(SoftProcessor.self, reader, landing)
        var asked: [Range<Int>] = []
        let lame = EpochReplayer(
            replay: { request, note throws(ReplayError) in
                asked.append(request.epochs)
                return try main.replay(request, note)
            },
            canStop: { _ in false }
        )
        var shared = SharedReplay(reader, landing: landing, main: lame) { () throws(ReplayError) in lander }

        let run = try shared.run(Self.all(reader))

        #expect(run.isProved)
        #expect((run.report.epochsLanded == 0) == (landing == .auto))
        #expect(landing == .exact || asked == [0..<reader.keyframeCount])
    }

    @Test func engineThatDoesNotGetToTheEndHandsTheEpochOver() async throws {
        let reader = try await Self.ticked()
        let main = try Self.replayer(SoftProcessor.self, reader, .exact)
        let lander = try Self.replayer(SoftProcessor.self, reader, .exact)
        let landings = Set(try Self.landings(reader))
        let lost = EpochReplayer(
            replay: { request, note throws(ReplayError) in
                guard landings.isDisjoint(with: request.epochs) else { throw ReplayError.notReached(EventOrdinal(1)) }
                return try main.replay(request, note)
            },
            canStop: { _ in true }
        )
        var shared = SharedReplay(reader, landing: .exact, main: lost) { () throws(ReplayError) in lander }

        let run = try shared.run(Self.all(reader))

        #expect(run.isProved)
        #expect(run.report.epochsLanded == landings.count)
    }

    @Test(.needsKVM) func KVMAndSoftwareTogetherJumpNowhere() async throws {
        let reader = try await RecordingStore.shared.recording(of: TestGuest(.named("tick-memory-counter"))).reader
        let main = try Self.replayer(KVMProcessor.self, reader)
        var shared = SharedReplay(reader, main: main) { () throws(ReplayError) in
            try Self.replayer(SoftProcessor.self, reader)
        }

        let run = try shared.run(Self.all(reader))

        #expect(run.isProved)
        #expect(run.report.epochsExecuted == reader.keyframeCount - 1)
        #expect(run.report.digest == (try reader.keyframes.last?.digest))
        #expect(run.report.epochsLanded > 0)
    }

    // MARK: What is replayed

    /// Behind the first instruction of the loop of the guest `tick-nested`, once in some thousand rounds.
    private enum WrongTurn: Flip {
        static let place = SharedReplayTests.loop
        static func isDue(_ registers: [UInt64]) -> Bool { registers[3] & 0xFFF == 0x123 }
        static func change(_ state: inout ProcessorState, _ memory: GuestMemory) { state[.rbx] ^= 1 << 13 }
    }

    /// Where the guest's `lea 1(%ebx, %ebx, 4), %ebx` is.
    fileprivate static let loop: UInt64 = {
        let (image, code): ([UInt8], [UInt8]) = (Guest.named("tick-nested").image, [0x67, 0x66, 0x8D, 0x5C, 0x9B, 1])
        let offset = image.indices.first { image[$0...].starts(with: code) }
        return 0x7C00 + UInt64(offset ?? 0)
    }()

    static func ticked() async throws -> TraceReader {
        let keyframes = KeyframePolicy(nanoseconds: nil, events: 7, atInterrupts: true)
        let guest = TestGuest(.named("tick-nested"))
        return try await RecordingStore.shared.recording(of: guest, on: .soft, keyframes: keyframes).reader
    }

    static func copy(_ reader: TraceReader, changing events: @escaping (inout [RecordedEvent]) -> Void) throws
        -> TraceReader
    {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = events
        return try reader.copy(to: directory.file("changed.rrvm"), changes: changes)
    }

    /// The epochs of a trace that end between two exits.
    static func landings(_ reader: TraceReader) throws -> [Int] {
        try reader.keyframes.filter { $0.position == .asynchronous }.map { Int($0.number) - 1 }
    }

    static func all(_ reader: TraceReader, wantsEvents: Bool = false) -> EpochRequest {
        EpochRequest(0..<reader.keyframeCount, wantsEvents: wantsEvents)
    }

    static func replayer<P: EngineProcessor & ~Copyable>(
        _ engine: P.Type,
        _ reader: TraceReader,
        _ landing: Landing = .auto
    ) throws(ReplayError) -> EpochReplayer {
        var session = try ReplaySession<P>(reader, landing: landing)
        return EpochReplayer(
            replay: { request, note throws(ReplayError) in try session.run(request, note: note) },
            canStop: { session.canStop(in: $0) }
        )
    }

    private static func shared(_ reader: TraceReader) throws -> SharedReplay {
        try shared(reader, lander: SoftProcessor.self)
    }

    private static func shared<Lander: EngineProcessor & ~Copyable>(
        _ reader: TraceReader,
        lander: Lander.Type
    ) throws -> SharedReplay {
        try shared(reader, main: SoftProcessor.self, lander: lander)
    }

    private static func shared<Main: EngineProcessor & ~Copyable, Lander: EngineProcessor & ~Copyable>(
        _ reader: TraceReader,
        main: Main.Type,
        lander: Lander.Type
    ) throws -> SharedReplay {
        SharedReplay(reader, main: try replayer(main, reader)) { () throws(ReplayError) in
            try replayer(lander, reader)
        }
    }
}
