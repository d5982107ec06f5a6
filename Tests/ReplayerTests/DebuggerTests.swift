import ByteCoding
import EndToEnd
import Engine
import Engines
import Recorder
import Testing
import TraceFormat
import X86

@testable import Replayer

/// Going forwards and backwards shows the same moments, on both engines.
@Suite struct DebuggerTests {
    @Test(.needsKVM, arguments: guests, [Place.beginning, .middle, .end])
    func softwareStepsBackAsItStepsOn(_ guest: TestGuest, from place: Place) async throws {
        let reader = try await Self.reader(guest)
        try EngineChoice.soft.perform(ThereAndBack(reader: reader, place: place, steps: 60))
    }

    @Test(.needsKVM, arguments: guests.filter { stepped.contains("\($0)") })
    func kvmStepsBackAsItStepsOn(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        try EngineChoice.kvm.perform(ThereAndBack(reader: reader, place: .beginning, steps: 40))
    }

    @Test(.needsKVM, arguments: guests)
    func hitsBackwardsAreThoseForwards(_ guest: TestGuest) async throws {
        let reader = try await Self.reader(guest)
        try EngineChoice.soft.perform(MirroredHits(reader: reader))
    }

    @Test(arguments: ["hello", "tick-nested", "pit-ticks"])
    func whatSoftwareRecordedIsSteppedThroughToo(_ name: String) async throws {
        let guest = try #require(TestGuest.included.first { "\($0)" == name })
        let reader = try await RecordingStore.shared.recording(of: guest, on: .soft).reader
        try EngineChoice.soft.perform(ThereAndBack(reader: reader, place: .middle, steps: 60))
        try EngineChoice.soft.perform(MirroredHits(reader: reader))
    }

    private static let stepped: Set = ["hello", "mmio", "protected", "tick-memory-counter"]
    private static let few: Set = [
        "hello", "mmio", "protected", "long-mode", "tick-nested", "racy", "ata-dma",
        "triple-fault", "reboot", "self-modifying", "hvt-hello",
    ]
    /// Hosts differ in what the state is behind the last element of REP INS, and this host's own debugging is seen.
    private static let others: Set = ["rep-outs", "self-trace", "self-breakpoints"]
    private static let guests = TestGuest.included.filter {
        SlowTests.areIncluded ? !others.contains("\($0)") : few.contains("\($0)")
    }

    private static func reader(_ guest: TestGuest) async throws -> TraceReader {
        var guest = guest
        guest.limits.events = min(guest.limits.events ?? 200, 200)
        let keyframes = KeyframePolicy(nanoseconds: nil, events: 60)
        var reader = try await RecordingStore.shared.recording(of: guest, keyframes: keyframes).reader
        reader.allowsOtherCPUID = true
        return reader
    }

    /// Where a walk begins.
    enum Place: Sendable {
        case beginning, middle, end
    }
}

/// Steps on, back, and on again.
private struct ThereAndBack: EngineTask {
    let reader: TraceReader
    let place: DebuggerTests.Place
    let steps: Int

    private struct Seen: Equatable {
        var moment: Moment?
        var digest: StateDigest
    }

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var debugger = Debugger(try Timeline<P>(reader))
        let first = reader.header.firstEvent
        try debugger.go(to: Moment(event: first))
        if place != .beginning {
            let share: UInt64 = place == .middle ? 2 : 1
            let stop = try debugger.run { false }
            #expect(stop == .end)
            let reached = debugger.moment
            let last = try #require(reached)
            let event = EventOrdinal(first.rawValue + (last.event.rawValue - first.rawValue) * (share == 2 ? 1 : 2) / 2)
            if share == 2 { _ = try debugger.arriveAt(Moment(event: event)) } else { try stepBack(&debugger) }
        }
        var walked = [try look(&debugger)]
        while walked.count <= steps, try debugger.step() != .end { walked.append(try look(&debugger)) }
        // A place between two settled moments has no way back to itself.
        let settled = walked.dropFirst()

        for expected in settled.dropLast().reversed() {
            #expect(try debugger.stepBack() == .stepped)
            #expect(try look(&debugger) == expected)
        }
        for expected in settled.dropFirst() {
            #expect(try debugger.step() == .stepped)
            let seen = try look(&debugger)
            #expect(seen.moment == expected.moment)
            #expect(seen.digest == expected.digest, "\(expected.moment.map { "\($0)" } ?? "")")
        }
        #expect(settled.count > 1)
    }

    private func stepBack<P: EngineProcessor & ~Copyable>(_ debugger: inout Debugger<P>) throws {
        for _ in 0..<steps { _ = try debugger.stepBack() }
    }

    private func look<P: EngineProcessor & ~Copyable>(_ debugger: inout Debugger<P>) throws -> Seen {
        Seen(moment: debugger.moment, digest: try debugger.timeline.digest())
    }
}

/// Breakpoints at some of the guest's instructions, and a watched place on its stack.
private struct MirroredHits: EngineTask {
    let reader: TraceReader

    func perform<P: EngineProcessor & ~Copyable>(on engine: P.Type) throws {
        var debugger = Debugger(try Timeline<P>(reader))
        let start = Moment(event: reader.header.firstEvent)
        try debugger.go(to: start)
        for number in 0..<120 {
            guard try debugger.step() == .stepped else { break }
            if number % 20 == 19 { debugger.breakpoints.insert(try debugger.state().instructionAddress) }
        }
        try debugger.go(to: start)

        var forwards: [Moment] = []
        while forwards.count < 60, try debugger.run(isInterrupted: { false }) == .breakpoint {
            forwards.append(contentsOf: [debugger.moment].compactMap(\.self))
        }
        var backwards: [Moment] = []
        if forwards.count == 60 { forwards.removeLast() }
        while try debugger.runBack(isInterrupted: { false }) == .breakpoint {
            backwards.append(contentsOf: [debugger.moment].compactMap(\.self))
        }

        #expect(backwards.reversed() == forwards)
        let reached = debugger.moment
        #expect(reached == start)
    }
}
