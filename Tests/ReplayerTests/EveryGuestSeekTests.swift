import ByteCoding
import EndToEnd
import Engine
import GuestImages
import Recorder
import Testing
import TraceFormat

@testable import Replayer

/// What holds of every moment of every guest's run.
@Suite(.needsKVM) struct EveryGuestSeekTests {
    /// Landing on interrupts between two exits takes long in some guests.
    private static let mostEvents: UInt64 = SlowTests.areIncluded ? 3000 : 200
    private static let interval: UInt64 = SlowTests.areIncluded ? 50 : 15

    private static func reader(_ guest: TestGuest) async throws -> TraceReader {
        var guest = guest
        guest.limits.events = min(guest.limits.events ?? mostEvents, mostEvents)
        let keyframes = KeyframePolicy(nanoseconds: nil, events: interval)
        return try await RecordingStore.shared.recording(of: guest, keyframes: keyframes).reader
    }

    @Test(arguments: TestGuest.included)
    func everyKeyframeIsReachedByExecutingFromTheOneBefore(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        let inside = try reader.keyframes.dropFirst().dropLast()
        var timeline = try KVMTimeline(reader)

        #expect(!inside.isEmpty || reader.eventCount < 2 * Self.interval)
        for keyframe in inside.filter({ $0.position == .synchronous }).reversed() {
            try timeline.seek(to: Moment(event: EventOrdinal(keyframe.event.rawValue - 1)))
            #expect(try timeline.digest() == keyframe.digest, "keyframe \(keyframe.number)")
        }
    }

    @Test(arguments: TestGuest.included)
    func everyKeyframeIsReachedByRestoringIt(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        var generator = SeededGenerator(seed: reader.eventCount)
        var timeline = try KVMTimeline(reader)

        for keyframe in try reader.keyframes.dropLast().shuffled(using: &generator) {
            try timeline.seek(to: Moment(event: keyframe.event))
            #expect(try timeline.digest() == keyframe.digest, "keyframe \(keyframe.number)")
        }
    }

    @Test(arguments: TestGuest.included)
    func momentsInAnyOrderAreThoseOfAReplay(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        var generator = SeededGenerator(seed: 1)
        let chosen = Set((0..<20).map { _ in UInt64.random(in: 0..<reader.eventCount - 1, using: &generator) } + [0])
        var straight = try KVMTimeline(reader)
        var expected: [UInt64: StateDigest] = [:]
        for event in chosen.sorted() {
            try straight.seek(toOrInside: Moment(event: EventOrdinal(event)))
            expected[event] = try straight.finishedDigest()
        }
        var timeline = try KVMTimeline(reader)

        #expect(!expected.isEmpty)
        for event in chosen.shuffled(using: &generator) {
            try timeline.seek(toOrInside: Moment(event: EventOrdinal(event)))
            #expect(try timeline.finishedDigest() == expected[event], "event \(event)")
        }
    }

    @Test(arguments: TestGuest.included)
    func momentsBetweenTwoEventsAreTheSameTwice(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        var generator = SeededGenerator(seed: 2)
        let chosen = (0..<8).map { _ in UInt64.random(in: 0..<reader.eventCount - 1, using: &generator) } + [0]
        var one = try KVMTimeline(reader)
        let moments = try chosen.flatMap { event in
            try one.someMoments(after: EventOrdinal(event), most: 60, using: &generator)
        }
        var other = try KVMTimeline(reader)

        #expect(!moments.isEmpty)
        for moment in moments.shuffled(using: &generator) {
            try one.seek(to: moment)
            try other.seek(to: Moment(event: reader.header.firstEvent))
            try other.seek(to: moment)
            #expect(one.moment == moment)
            #expect(try one.digest() == other.digest(), "\(moment)")
        }
    }

    @Test(arguments: TestGuest.included)
    func aTraceDoesNotDifferFromItself(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)

        #expect(try FirstDifferenceSearch(reader, reader).run() == nil)
        #expect(try FirstDifferenceSearch(reader, reader, ignoring: [.time, .rtc, .tsc]).run() == nil)
    }
}

extension Timeline where P: ~Copyable {
    /// Up to three moments between an event and the next one; the event itself where this host cannot step from there.
    fileprivate mutating func someMoments(
        after event: EventOrdinal,
        most: UInt64,
        using generator: inout SeededGenerator
    ) throws -> [Moment] {
        try seek(toOrInside: Moment(event: event))
        guard try finishAccess() else { return [] }
        let count = try countInstructions(most: most)
        let counts = (0..<3).map { _ in UInt64.random(in: 0...count, using: &generator) }
        return Set(counts).sorted().map { Moment(event: event, instructions: $0) }
    }

    /// Steps up to the next event, or as far as this host can step.
    private mutating func countInstructions(most: UInt64) throws -> UInt64 {
        var count: UInt64 = 0
        while count < most {
            guard let step = try stepIfPossible(), step.isCounted else { return count }
            count = moment?.instructions ?? count
        }
        return count
    }

    private mutating func stepIfPossible() throws -> Step? {
        do { return try step() } catch TimelineError.cannotStep { return nil }
    }
}
