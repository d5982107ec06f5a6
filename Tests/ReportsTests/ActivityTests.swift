import Foundation
import Testing
import TraceFormat
import X86

@testable import Reports

@Suite struct ActivityTests {
    private static func event(_ ordinal: UInt64, _ time: UInt32, _ event: Event) -> RecordedEvent {
        RecordedEvent(ordinal: EventOrdinal(ordinal), time: time, rip: 0, event: event)
    }

    private static func activity(
        _ axis: Activity.Axis,
        _ range: ActivityRange,
        _ events: [(RecordedEvent, idle: UInt32)]
    ) -> Activity {
        var counter = ActivityCounter(axis, range)
        for (event, idle) in events { counter.add(event, idle: idle) }
        return counter.finish()
    }

    @Test func everyEventIsCountedInItsStretchOfTimeAndOfEvents() {
        let write = Event.portWrite(PortAccess(port: Port(0x3F8), size: .byte, value: 0))
        let events: [(RecordedEvent, idle: UInt32)] = [
            (Self.event(10, 0, write), 0), (Self.event(11, 5, write), 0), (Self.event(12, 5, .halt), 0),
        ]

        let byTime = Self.activity(.time, ActivityRange(start: 0, end: 6), events)
        let byEvent = Self.activity(.events, ActivityRange(start: 10, end: 13), events)

        #expect(byTime.series.map(\.name) == ["port writes", "halts"])
        #expect(byTime.series.map(\.counts) == [[0, 1, 5, 1], [5, 1]])
        #expect(byTime.firstEvents == [10, 11, 11, 11, 11, 11])
        #expect(byEvent.series.map(\.counts) == [[0, 1, 1, 1], [2, 1]])
        #expect(byEvent.firstEvents.isEmpty)
    }

    @Test func idleTimeIsWhereTheGuestWaited() {
        let events: [(RecordedEvent, idle: UInt32)] = [
            (Self.event(0, 0, .halt), 0), (Self.event(1, 7, .interrupt(vector: 0x20)), 7),
        ]

        let activity = Self.activity(.time, ActivityRange(start: 0, end: 8), events)

        #expect(activity.series.last?.name == "idle, in ms")
        #expect(activity.series.last?.counts == [0, 1, 1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1])
    }

    @Test func interruptsAreShownByVectorAndRareOnesTogether() {
        var events: [(RecordedEvent, idle: UInt32)] = []
        for vector in UInt8(0)..<10 {
            for index in 0...vector {
                events.append((Self.event(UInt64(vector * 10 + index), 0, .interrupt(vector: 0x20 + vector)), 0))
            }
        }

        let activity = Self.activity(.events, ActivityRange(start: 0, end: 100), events)

        #expect(activity.series.count == 9)
        #expect(activity.series.first?.name == "interrupt 0x22")
        #expect(activity.series.last?.name == "other interrupts")
        #expect(activity.series.last?.total == 3)
        #expect(activity.series.reduce(0) { $0 + $1.total } == 55)
    }

    @Test(arguments: [UInt64(1), 4096, 4097, 1_000_000, 1 << 40])
    func stretchesAreFewAndCoverTheRange(length: UInt64) {
        let range = ActivityRange(start: 7, end: 7 + length)

        #expect(range.stretchCount <= 4096)
        #expect(UInt64(range.stretchCount) * range.width >= length)
        #expect(range.stretch(of: 7) == 0)
        #expect(range.stretch(of: 6 + length) == range.stretchCount - 1)
        #expect(range.stretch(of: .max) == range.stretchCount - 1)
    }

    /// Every kind and every vector in every stretch: no trace, however long, makes more of it.
    @Test func largestActivityStaysBelowAMegabyte() throws {
        let range = ActivityRange(start: 0, end: 10_000_000)
        var counter = ActivityCounter(.time, range)
        let write = PortAccess(port: Port(0x80), size: .byte, value: 0)
        let events: [Event] =
            [.portWrite(write), .portRead(write), .halt, .nonMaskableInterrupt, .tripleFault]
            + (0..<16).map { .interrupt(vector: $0) }
            + [.readMSR(index: 0, value: 0), .writeMSR(index: 0, value: 0, faults: false)]
        for stretch in 0..<UInt32(range.stretchCount) {
            for event in events {
                for repetition in 0..<UInt32(9) {
                    let time = stretch * UInt32(range.width) + repetition
                    counter.add(
                        RecordedEvent(ordinal: EventOrdinal(1_000_000), time: time, rip: 0, event: event),
                        idle: 0
                    )
                }
            }
        }

        let json = try JSONEncoder().encode(counter.finish())

        #expect(json.count < 1 << 20)
        #expect(json.count > 1 << 18)
    }
}
