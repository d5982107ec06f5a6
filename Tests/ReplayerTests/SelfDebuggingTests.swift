import EndToEnd
import Engine
import GuestImages
import GuestMemory
import KVMEngine
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Guests that use the processor's debugging for themselves, and what may be said of them.
@Suite(.needsKVM) struct SelfDebuggingTests {
    private static let guests = ["self-trace", "self-breakpoints"]
    private static let canStop = HostProbe.canStop(in: .real) && HostProbe.canStop(in: .protected32)
    /// Where self-trace notes what it sees, and how much.
    private static let notes = WatchedMemory(physical: GuestPhysicalAddress(0x6000), count: 2)

    @Test(.enabled(if: canStop, "this host cannot stop a guest"), arguments: guests)
    func itsInterruptsAreJumpedToForThatReason(_ name: String) throws {
        let reader = try Recording.make(.named(name))
        let interrupted = try reader.keyframes.count { $0.position == .asynchronous }

        let report = try Replay(reader).result.get()

        #expect(Set(report.jumps.keys).isSubset(of: [.guestDebugsItself]))
        #expect(interrupted > 0)
        // A busy host may have taken a keyframe where no interrupt was given, which a replay passes.
        #expect(report.epochsJumped + report.keyframesPassed == interrupted)
        #expect(report.digest == (try reader.keyframes.last?.digest))
    }

    @Test(.enabled(if: canStop, "this host cannot stop a guest"), arguments: guests)
    func exactLandingSaysWhyItCannot(_ name: String) throws {
        let reader = try Recording.make(.named(name))

        let error = #expect(throws: ReplayError.self) { try Replay(reader, landing: .exact) }

        #expect(error?.description.contains("it debugs itself there") == true)
    }

    /// A replay in which the guest has lost its trap flag, and so its debug exceptions.
    @Test func lostDebugExceptionsAreFound() throws {
        let reader = try Recording.make(.named("self-trace"))
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.keyframe = { $0.state.rflags &= ~0x100 }
        let changed = try reader.copy(to: directory.file("lost.rrvm"), changes: changes)

        #expect(try reader.keyframes.contains { try reader.keyframe(Int($0.number)).state.rflags & 0x100 != 0 })
        #expect(throws: (any Error).self) { try Replay(changed).result.get() }
    }

    @Test func theLastWriteOfItsHandlerIsBetweenTwoEvents() throws {
        let reader = try Recording.make(.named("self-trace"))
        var search = try WriteSearch(KVMTimeline(reader), Self.notes)

        let found = try #require(try search.last(before: MomentName.end.moment(in: reader)))

        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: found.moment)
        let after = Self.notes.bytes(in: timeline.memory)
        #expect(after == found.new)
        try timeline.seek(to: found.before)
        let bytes = Self.notes.bytes(in: timeline.memory)
        #expect(bytes == found.old)
        #expect(!found.cause.isExact)
        #expect(found.new != found.old)
    }

    @Test func whatWatchingListsLeadsFromTheStartToTheEnd() throws {
        let reader = try Recording.make(.named("self-trace"))
        let watched = WatchedMemory(physical: GuestPhysicalAddress(0x6000), count: 32)
        var search = try WriteSearch(KVMTimeline(reader), watched)
        var present = [UInt8](repeating: 0, count: 32)
        var isUnbroken = true
        while let change = try search.next() {
            isUnbroken = isUnbroken && change.old == present
            present = change.new
        }

        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: MomentName.end.moment(in: reader))

        #expect(isUnbroken)
        let bytes = watched.bytes(in: timeline.memory)
        #expect(bytes == present)
        #expect(present != [UInt8](repeating: 0, count: 32))
    }

    @Test(arguments: guests)
    func steppingEndsInFrontOfWhatBeginsIt(_ name: String) throws {
        let reader = try Recording.make(.named(name))
        var timeline = try KVMTimeline(reader)
        var failure: TimelineError?
        try timeline.seek(to: Moment(event: reader.header.firstEvent))

        do { while try timeline.step() != .end {} } catch { failure = error }

        let error = try #require(failure)
        #expect(error.description.contains("the guest debugs itself there"))
        let moment = timeline.moment
        #expect(moment == nil)
    }

    /// Flags that are pushed on the way to port 0x80: by PUSHF, and for a handler at 0x7C12 that skips two bytes.
    private static let pushing: [[UInt8]] = [
        [
            0xC7, 0x06, 0x00, 0x00, 0x12, 0x7C,  // mov word [0], 0x7C12
            0x31, 0xC9, 0xF7, 0xF1,  // xor cx, cx; div cx
            0x9C, 0xE6, 0x80,  // pushf; out 0x80, al
            0xB0, 0x00, 0xE6, 0xF4, 0xF4,  // exit with 0
            0x89, 0xE5, 0x83, 0x46, 0x00, 0x02, 0xCF,  // mov bp, sp; add word [bp], 2; iret
        ],
        [
            0xC7, 0x06, 0x18, 0x00, 0x12, 0x7C,  // mov word [0x18], 0x7C12
            0x0F, 0x0B, 0x90, 0x90,  // ud2; nop; nop
            0x9C, 0xE6, 0x80,  // pushf; out 0x80, al
            0xB0, 0x00, 0xE6, 0xF4, 0xF4,  // exit with 0
            0x89, 0xE5, 0x83, 0x46, 0x00, 0x02, 0xCF,  // mov bp, sp; add word [bp], 2; iret
        ],
        [
            0xC7, 0x06, 0x84, 0x00, 0x12, 0x7C,  // mov word [0x84], 0x7C12
            0xCD, 0x21, 0x90, 0x90,  // int 0x21; two bytes that are skipped
            0x9C, 0xE6, 0x80,  // pushf; out 0x80, al
            0xB0, 0x00, 0xE6, 0xF4, 0xF4,  // exit with 0
            0x89, 0xE5, 0x83, 0x46, 0x00, 0x02, 0xCF,  // mov bp, sp; add word [bp], 2; iret
        ],
    ]

    @Test(.enabled(if: canStop, "this host cannot stop a guest"), arguments: pushing.indices)
    func stepsLeadToTheMemoryThatExecutingLeadsTo(_ number: Int) throws {
        let reader = try Recording.make(Self.pushing[number])
        var stepped = try KVMTimeline(reader)
        try stepped.seek(to: Moment(event: reader.header.firstEvent))
        var count = 0
        while try stepped.step().isCounted { count += 1 }
        let reached = stepped.moment
        let moment = try #require(reached)
        try stepped.completeAccess()
        var executed = try KVMTimeline(reader)

        try executed.seek(to: moment)

        let all = (address: GuestPhysicalAddress(0), count: 0x1_0000)
        #expect(count > 5)
        let states = (try stepped.state(), try executed.state())
        #expect(states.0 == states.1)
        let memories = try (
            stepped.memory.read(at: all.address, count: all.count),
            executed.memory.read(at: all.address, count: all.count)
        )
        #expect(memories.0 == memories.1)
    }
}
