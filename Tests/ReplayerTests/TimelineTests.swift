import Digest
import Engine
import GuestImages
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM, .slow)
struct TimelineTests {
    /// All flat ones that run by themselves, without a disk, in a few seconds.
    static let guests = Guest.all.filter {
        $0.boot == .flat && $0.drive == nil && $0.input == nil && !["dirty-memory", "two-timers"].contains($0.name)
    }

    /// Those short enough to be stepped through, and that nothing interrupts.
    static let shortGuests = ["hello", "exit-codes", "rep-outs", "mmio", "protected", "triple-fault"].map(Guest.named)

    @Test(arguments: guests)
    func everyKeyframeIsReachedByExecutingFromTheOneBefore(_ guest: Guest) throws {
        let reader = try Recording.make(guest)
        let inside = try reader.keyframes.dropFirst().dropLast().filter { $0.position == .synchronous }
        var timeline = try Timeline(reader)

        for keyframe in inside.reversed() {
            try timeline.seek(to: Moment(event: EventOrdinal(keyframe.event.rawValue - 1)))
            #expect(try timeline.digest() == keyframe.digest, "keyframe \(keyframe.number)")
        }
    }

    @Test(arguments: guests)
    func everyKeyframeIsReachedByRestoringIt(_ guest: Guest) throws {
        let reader = try Recording.make(guest)
        var timeline = try Timeline(reader)

        for keyframe in try reader.keyframes.shuffled() {
            try timeline.seek(to: Moment(event: keyframe.event))
            #expect(try timeline.digest() == keyframe.digest, "keyframe \(keyframe.number)")
        }
    }

    @Test(arguments: guests)
    func momentsInAnyOrderAreThoseOfAReplay(_ guest: Guest) throws {
        let reader = try Recording.make(guest)
        var generator = SeededGenerator(seed: 1)
        let chosen = Set((0..<30).map { _ in UInt64.random(in: 0..<reader.eventCount, using: &generator) })
        var straight = try Timeline(reader)
        var expected: [UInt64: StateDigest] = [:]
        for event in chosen.sorted() {
            try straight.seek(toOrInside: Moment(event: EventOrdinal(event)))
            expected[event] = try straight.finishedDigest()
        }
        var timeline = try Timeline(reader)

        for event in chosen.shuffled(using: &generator) {
            try timeline.seek(toOrInside: Moment(event: EventOrdinal(event)))
            #expect(try timeline.finishedDigest() == expected[event], "event \(event)")
        }
    }

    @Test(arguments: shortGuests)
    func steppingEndsWhereRunningEnds(_ guest: Guest) throws {
        let reader = try Recording.make(guest, maximumEvents: 200)
        var running = try Timeline(reader)
        var stepping = try Timeline(reader)
        let first = Moment(event: reader.header.firstEvent)
        try running.seek(to: first)
        try stepping.seek(to: first)

        while let event = try running.replayNext(), event.event.kind != .end {
            while try stepping.step() == .instruction {}
            #expect(stepping.moment == running.moment)
            #expect(try stepping.finishedDigest() == running.finishedDigest(), "event \(event)")
        }
    }

    @Test(arguments: ["racy", "tick-memory-counter", "tick-rep-string"])
    func steppingArrivesAtInterruptsBetweenTwoExits(_ name: String) throws {
        let reader = try Recording.make(.named(name), maximumEvents: 60)
        let landing = try #require(try reader.keyframes.first { $0.position == .asynchronous })
        var timeline = try Timeline(reader)
        try timeline.seek(to: Moment(event: EventOrdinal(landing.event.rawValue - 1)))

        while try timeline.step() == .instruction {}

        #expect(timeline.moment == Moment(event: landing.event))
        #expect(try timeline.digest() == landing.digest)
    }

    @Test(arguments: shortGuests)
    func aMomentBetweenTwoEventsIsTheSameTwice(_ guest: Guest) throws {
        let reader = try Recording.make(guest, maximumEvents: 200)
        let moments = [2, 5, 9].map { Moment(event: EventOrdinal(UInt64($0)), instructions: 1) }
            .filter { reader.events.contains($0.event) }
        var one = try Timeline(reader)
        var other = try Timeline(reader)

        for moment in moments where (try? one.seek(to: moment)) != nil {
            try other.seek(to: Moment(event: reader.header.firstEvent))
            try other.seek(to: moment)
            #expect(try one.digest() == other.digest(), "\(moment)")
            #expect(one.moment == moment)
        }
    }

    @Test func aMomentBehindTheNextEventIsNone() throws {
        let reader = try Recording.make(.named("hello"))
        var timeline = try Timeline(reader)

        let error = #expect(throws: TimelineError.self) {
            try timeline.seek(to: Moment(event: EventOrdinal(5), instructions: 10_000))
        }

        #expect(error?.description.contains("the next event comes") == true)
        try timeline.seek(to: Moment(event: EventOrdinal(5)))
        #expect(timeline.moment == Moment(event: EventOrdinal(5)))
    }

    @Test func anEventThatTheTraceDoesNotHaveIsNamed() throws {
        let reader = try Recording.make(.named("hello"))
        var timeline = try Timeline(reader)

        let error = #expect(throws: TimelineError.self) {
            try timeline.seek(to: Moment(event: EventOrdinal(1_000_000)))
        }

        #expect(error?.description.contains("there is no event 1000000") == true)
    }

    @Test func aHostThatCanNotStepRing3SaysSoOrSteps() throws {
        let reader = try Recording.make(.named("ring3"))
        let probe = try HostProbe.run()
        let canStep = probe[.singleStep, .ring3].verdict == .works
        var timeline = try Timeline(reader)
        var failure: TimelineError?
        try timeline.seek(to: Moment(event: reader.header.firstEvent))

        do {
            while try timeline.step() != .end {}
        } catch {
            failure = error
        }

        #expect((failure == nil) == canStep)
    }
}

extension Timeline where P: ~Copyable {
    /// Goes to an event, also where it is one of several of one instruction.
    mutating func seek(toOrInside moment: Moment) throws {
        do { try seek(to: moment) } catch .insideInstruction {}
    }

    /// Of the machine's state; nil between two accesses of one instruction.
    mutating func finishedDigest() throws -> StateDigest? {
        try finishAccess() ? digest() : nil
    }

    /// Of the machine's state.
    mutating func digest() throws -> StateDigest {
        try attempt { session in try session.capture().digest }
    }
}
