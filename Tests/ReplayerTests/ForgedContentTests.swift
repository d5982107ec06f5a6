import EndToEnd
import Engine
import GuestImages
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Traces whose checksums are right, and of which something that a replay by executing does not need is another.
@Suite(.needsKVM) struct ForgedContentTests {
    private static let why = ["its pages do not match its digest", "its processor state does not match its digest"]

    /// A keyframe in the midst of the trace, one byte or register of which is another than its digest says.
    private static func forged(_ directory: borrowing TemporaryDirectory, memory: Bool) throws -> TraceReader {
        let reader = try Recording.make(.named("rtc-read"), keyframeInterval: 20, maximumEvents: 200)
        let page = try #require(try reader.keyframe(2).changedPages.first)
        var changes = TraceChanges()
        changes.page = { number, address, bytes in if memory, number == 2, address == page { bytes[77] ^= 1 } }
        changes.keyframe = { if !memory, $0.number == 2 { $0.state[.r9] ^= 1 } }
        return try reader.copy(to: directory.file("forged"), changes: changes)
    }

    @Test(arguments: [false, true]) func contentThatIsNotItsDigestsIsFoundByACheck(memory: Bool) throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.forged(directory, memory: memory)

        let error = #expect(throws: TraceError.self) { try reader.check() }

        #expect(Self.why.contains { error?.description.contains($0) == true }, "\(error as Any)")
    }

    /// Executing leads to the state that the digest says, and no further than that was it ever looked at.
    @Test(arguments: [false, true], [0..<3, 1..<3, 2..<3])
    func contentThatIsNotItsDigestsIsFoundByAReplay(memory: Bool, epochs: Range<Int>) throws {
        let directory = try TemporaryDirectory()
        var session = try KVMReplaySession(Self.forged(directory, memory: memory))

        let error = #expect(throws: ReplayError.self) { _ = try session.run(epochs: epochs) }

        #expect(Self.why.contains { error?.description.contains($0) == true }, "\(error as Any)")
    }

    @Test(arguments: [false, true]) func contentThatIsNotItsDigestsIsFoundWhereItIsLookedAt(memory: Bool) throws {
        let directory = try TemporaryDirectory()
        let reader = try Self.forged(directory, memory: memory)
        var timeline = try KVMTimeline(reader)
        let moment = Moment(event: EventOrdinal(try reader.keyframeEntry(2).event.rawValue + 1))

        let error = #expect(throws: TimelineError.self) { try timeline.seek(to: moment) }

        #expect(Self.why.contains { error.map { "\($0)" }?.contains($0) == true }, "\(error as Any)")
    }

    @Test func anInterruptThatIsGivenTwiceIsFoundThere() throws {
        let reader = try Recording.make(.named("pit-ticks"), maximumEvents: 400)
        let interrupt = try #require(try reader.allEvents().first { $0.event.kind == .interrupt })
        let place = Int(interrupt.ordinal.rawValue)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { $0.insert(interrupt, at: place) }

        let replay = try Replay(reader.copy(to: directory.file("twice"), changes: changes))

        #expect(replay.firstDifference == EventOrdinal(interrupt.ordinal.rawValue + 1))
    }

    /// RIP before and after a write are both right, and nothing else is.
    @Test func oneOtherRIPAtMostPassesForAWrite() throws {
        let reader = try Recording.make(.named("hello"))
        let write = try #require(try reader.allEvents().first { $0.event.kind == .portWrite })
        let place = Int(write.ordinal.rawValue)
        let distances = (-15...15).filter { $0 != 0 }

        let accepted = try distances.filter { distance in
            let directory = try TemporaryDirectory()
            var changes = TraceChanges()
            changes.events = { $0[place].rip = UInt64(Int64(write.rip) + Int64(distance)) }
            return try Replay(reader.copy(to: directory.file("moved"), changes: changes)).divergence == nil
        }

        #expect(accepted.count == 1, "\(accepted)")
    }

    @Test func aTraceThatFillsMoreMemoryThanItMayIsRefused() throws {
        var reader = try Recording.make(.named("hello"))
        #expect(reader.memoryLimit == 1 << 30)
        reader.memoryLimit = 4095

        let error = #expect(throws: ReplayError.self) { _ = try Replay(reader) }

        #expect(error?.description.contains("--memory-limit") == true, "\(error as Any)")
    }
}
