import ByteCoding
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

@Suite(.needsKVM)
struct TimelineTests {
    /// Those short enough to be stepped through, and that nothing interrupts.
    static let shortGuests = ["hello", "exit-codes", "rep-outs", "mmio", "protected", "triple-fault"].map(Guest.named)

    @Test(arguments: shortGuests)
    func steppingEndsWhereRunningEnds(_ guest: Guest) throws {
        let reader = try Recording.make(guest, maximumEvents: 200)
        var running = try KVMTimeline(reader)
        var stepping = try KVMTimeline(reader)
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
        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: Moment(event: EventOrdinal(landing.event.rawValue - 1)))

        while try timeline.step() == .instruction {}

        #expect(timeline.moment == Moment(event: landing.event))
        #expect(try timeline.digest() == landing.digest)
    }

    @Test(arguments: ["racy", "tick-memory-counter", "tick-nested", "tick-after-pio"])
    func anInterruptsDeliveryIsOneInstructionOnEveryHost(_ name: String) throws {
        // A guest that makes an exit every few microseconds makes hundreds before its first tick.
        let reader = try Recording.make(.named(name), maximumEvents: 1000)
        let interrupt = try #require(try reader.ordinals { $0.event.kind == .interrupt }.first)
        var separate = try KVMTimeline(reader)
        try separate.seek(to: Moment(event: interrupt))
        let stack = try separate.state()[.rsp]
        let before = try separate.state()
        let handler = try #require(separate.memory.interruptHandler(TestGuest.timerVector, in: before))

        try separate.seek(to: Moment(event: interrupt, instructions: 1))
        let state = try separate.state()

        #expect(state.rip == handler.offset)
        #expect(state[.rsp] == stack - 6)
        // What is pushed is the guest's own: a host that steps over a delivery may push the flag by which it steps.
        let trap: UInt8 = 1
        let pushed = try separate.memory.read(at: GuestPhysicalAddress(state[.rsp] + 5), count: 1)
        #expect(pushed[0] & trap == 0)
    }

    @Test func theMomentBehindADeliveryIsRefusedWhereTheHostDoesNotStopThere() throws {
        let reader = try Recording.make(.named("racy"), maximumEvents: 60)
        let interrupt = try #require(try reader.ordinals { $0.event.kind == .interrupt }.first)
        var timeline = try KVMTimeline(reader)
        timeline.stopsAtHandlers = false
        try timeline.seek(to: Moment(event: interrupt))
        let step = try timeline.step()
        let counted = try #require(timeline.moment?.instructions)
        try timeline.seek(to: Moment(event: interrupt))
        let isRefused = (try? timeline.seek(to: Moment(event: interrupt, instructions: 1))) == nil

        #expect(step.isCounted)
        #expect(isRefused == (counted == 2))
    }

    @Test func aMomentBehindTheNextEventIsNone() throws {
        let reader = try Recording.make(.named("hello"))
        var timeline = try KVMTimeline(reader)

        let error = #expect(throws: TimelineError.self) {
            try timeline.seek(to: Moment(event: EventOrdinal(5), instructions: 10_000))
        }

        #expect(error?.description.contains("the next event comes") == true)
        try timeline.seek(to: Moment(event: EventOrdinal(5)))
        #expect(timeline.moment == Moment(event: EventOrdinal(5)))
    }

    @Test func anEventThatTheTraceDoesNotHaveIsNamed() throws {
        let reader = try Recording.make(.named("hello"))
        var timeline = try KVMTimeline(reader)

        let error = #expect(throws: TimelineError.self) {
            try timeline.seek(to: Moment(event: EventOrdinal(1_000_000)))
        }

        #expect(error?.description.contains("there is no event 1000000") == true)
    }

    @Test func aHostThatCanNotStepRing3SaysSoOrSteps() throws {
        let reader = try Recording.make(.named("ring3"))
        let probe = try HostProbe.run()
        let canStep = probe[.singleStep, .ring3].verdict == .works
        var timeline = try KVMTimeline(reader)
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
        try attempt { core throws(ReplayStop) in try core.capture().digest }
    }
}
