import EndToEnd
import Engine
import GuestImages
import GuestMemory
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM)
struct MomentSearchTests {
    /// mov cx, 200; l: in al, 0x80; inc word [0x600]; out 0x80, al; loop l; mov al, 0; out 0xF4, al
    private static let counting: [UInt8] = [
        0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xFF, 0x06, 0x00, 0x06, 0xE6, 0x80, 0xE2, 0xF6, 0xB0, 0x00, 0xE6, 0xF4,
    ]

    @Test(arguments: [1, 2, 25, 100, 199, 200])
    func theInstructionThatMadeItTrueIsFound(_ count: UInt64) throws {
        let reader = try Recording.make(Self.counting)
        var lasting = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] >= \(count)"))
        var first = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] >= \(count)"))

        let found = try #require(try lasting.firstLasting())
        let foundFirst = try #require(try first.first())

        #expect(found.cause?.instructionAddress == 0x7C05)
        #expect(found.moment == foundFirst.moment)
        #expect(found.moment.instructions == 1)
        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: found.moment)
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 2) == [UInt8(count), 0])
    }

    @Test func whatIsNotTrueAtTheEndIsNotFoundToLast() throws {
        let reader = try Recording.make(Self.counting)
        var lasting = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] == 100"))
        var first = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] == 100"))

        #expect(try lasting.firstLasting() == nil)
        #expect(try first.first() != nil)
    }

    @Test func whatIsTrueFromTheStartIsFoundThere() throws {
        let reader = try Recording.make(Self.counting)
        var search = try MomentSearch(KVMTimeline(reader), Condition("1"))

        let found = try #require(try search.firstLasting())

        #expect(found.moment == Moment(event: EventOrdinal(0)))
        #expect(found.before == nil)
    }

    @Test(arguments: [
        ("u16[0x600] != 50", 51), ("u16[0x600] < 20 || u16[0x600] > 120", 121), ("u16[0x600] < 3 || u16[0x600] > 4", 5),
        ("u16[0x600] != 199", 200), ("u16[0x600] & 1 == 0", 200), ("u16[0x600] < 100 || u16[0x600] == 200", 200),
    ])
    func whatIsTrueAtBothEndsAndNotBetweenIsFoundWhereItLastBecameTrue(_ text: String, _ count: UInt8) throws {
        let reader = try Recording.make(Self.counting)
        var search = try MomentSearch(KVMTimeline(reader), Condition(text))

        let found = try #require(try search.firstLasting())

        #expect(found.cause?.instructionAddress == 0x7C05)
        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: found.moment)
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 1) == [count])
        try timeline.seek(to: try #require(found.before))
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 1) == [count - 1])
    }

    @Test func aTraceWithoutAnEndIsJudgedByItsLastEvent() throws {
        let whole = try Recording.make(Self.counting)
        let last = try #require(try whole.keyframes.dropLast(2).last)
        let reader = try Recording.cut(whole, before: EventOrdinal(last.event.rawValue + 21))
        let count = try Self.count(in: reader)
        #expect(reader.outcome == nil)

        var found = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] >= \(count)"))
        var lost = try MomentSearch(KVMTimeline(reader), Condition("u16[0x600] < \(count)"))

        #expect(try #require(try found.firstLasting()).moment.event > last.event)
        #expect(try lost.firstLasting() == nil)
    }

    /// What the guest has counted to behind the last event of a trace.
    private static func count(in reader: TraceReader) throws -> Int {
        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: MomentName.end.moment(in: reader))
        let bytes = try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 2)
        return Int(bytes[0]) + Int(bytes[1]) << 8
    }

    @Test func aDevicesWriteIsNamedAndNotTheNextInstruction() throws {
        let reader = try Recording.make(Self.counting).addingDeviceWrite(of: 7, at: 0x700)
        let write = try #require(try reader.ordinals { $0.event.kind == .deviceWrite }.first)
        var search = try MomentSearch(KVMTimeline(reader), Condition("u8[0x700] == 7"))

        let found = try #require(try search.first())

        #expect(found.moment == Moment(event: write))
        #expect(found.cause?.event == write)
        #expect(found.cause?.instructionAddress == nil)
    }

    @Test func aDeliveryIsNamedAndNotTheInterruptedInstruction() throws {
        let reader = try Recording.make(.named("racy"), maximumEvents: 60)
        let interrupt = try #require(try reader.ordinals { $0.event.kind == .interrupt }.first)
        // What the push leaves: the interrupted flags, with IF.
        var search = try MomentSearch(KVMTimeline(reader), Condition("u16[0x7bfe] & 0x200 != 0"))

        let found = try #require(try search.first())

        #expect(found.moment == Moment(event: interrupt, instructions: 1))
        #expect(found.cause?.event == interrupt)
    }

    @Test(arguments: [1, 57, 200])
    func halvingAsksLittleAndFindsTheInstruction(_ count: UInt64) throws {
        let reader = try Recording.make(Self.counting)
        let questions = Questions()
        let predicate = CountedPredicate(condition: try Condition("u16[0x600] >= \(count)"), questions: questions)
        var search = try MomentSearch(KVMTimeline(reader), predicate)

        let found = try #require(try search.halving())

        #expect(found.cause?.instructionAddress == 0x7C05)
        #expect(found.moment.instructions == 1)
        #expect(questions.count < 20, "of \(reader.eventCount) events")
    }

    @Test func halvingPassesOverWhatCanNotBeJudged() throws {
        let reader = try Recording.make(Self.counting)
        let predicate = HesitantPredicate(condition: try Condition("u16[0x600] >= 100"))
        var search = try MomentSearch(KVMTimeline(reader), predicate)

        let found = try #require(try search.halving())

        var timeline = try KVMTimeline(reader)
        try timeline.seek(to: found.moment)
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 1)[0] >= 100)
        try timeline.seek(to: try #require(found.before))
        #expect(try timeline.memory.read(at: GuestPhysicalAddress(0x600), count: 1)[0] < 100)
    }
}

/// How often something was asked.
private final class Questions {
    var count = 0
}

/// A condition that counts how often it is asked.
private struct CountedPredicate: MomentPredicate {
    let condition: Condition
    let questions: Questions

    func holds<View: MachineView>(at moment: Moment, in view: inout View) throws(TimelineError) -> Bool? {
        questions.count += 1
        return try condition.holds(at: moment, in: &view)
    }
}

/// A condition that has nothing to say of two moments in three.
private struct HesitantPredicate: MomentPredicate {
    let condition: Condition

    func holds<View: MachineView>(at moment: Moment, in view: inout View) throws(TimelineError) -> Bool? {
        guard moment.event.rawValue % 3 == 0 else { return nil }
        return try condition.holds(at: moment, in: &view)
    }
}

extension ChangeCause {
    /// The instruction's address, if it was one that made no event.
    var instructionAddress: UInt64? {
        switch self {
        case .instruction(let line), .access(_, let line): line?.instruction.address.rawValue
        default: nil
        }
    }

    /// The event that it came with.
    var event: EventOrdinal? {
        switch self {
        case .access(let event, _), .event(let event), .delivery(let event), .deliveryOrInstruction(let event):
            event.ordinal
        case .instruction, .unknown: nil
        }
    }
}

extension TraceReader {
    /// A copy in which a device writes a byte behind the tenth event. No state that was recorded later is right any more.
    func addingDeviceWrite(of byte: UInt8, at address: UInt64) throws -> TraceReader {
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.header = { $0.notes = [] }
        changes.events = { events in
            let write = Event.deviceWrite(address: GuestPhysicalAddress(address), bytes: [byte])
            let before = events[10]
            events.insert(RecordedEvent(ordinal: before.ordinal, time: before.time, rip: 0, event: write), at: 10)
        }
        return try copy(to: directory.file("written.rrvm"), changes: changes)
    }
}
