import ByteCoding
import EndToEnd
import Engine
import GuestImages
import KVMEngine
import TestBasics
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite(.needsKVM)
struct FirstDifferenceSearchTests {
    /// Two hundred reads of a port, four keyframes in between.
    private static let inputs = Result {
        try Recording.make(readingCode)
    }

    /// mov cx, 200; l: in al, 0x80; out 0x80, al; loop l; mov al, 0; out 0xF4, al
    private static let readingCode: [UInt8] = [
        0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4,
    ]

    @Test func anInterruptAtAnotherInstructionIsFoundWithTheInstructionThatItSplit() throws {
        let first = try Recording.make(.named("racy"), seed: 1)
        let second = try Recording.make(.named("racy"), seed: 2)
        let interrupts = (try first.firstLanding(), try second.firstLanding())
        var difference = try #require(try FirstDifferenceSearch(first, second).run())

        try difference.examine((first, second), on: KVMProcessor.self)

        #expect(difference.kind == .moment)
        #expect(difference.first.event?.ordinal == interrupts.0.interrupt)
        #expect(difference.second.event?.ordinal == interrupts.1.interrupt)
        let states = (try first.keyframe(interrupts.0.keyframe), try second.keyframe(interrupts.1.keyframe))
        #expect(difference.first.instruction?.instruction.address == states.0.state.instructionAddress)
        #expect(difference.second.instruction?.instruction.address == states.1.state.instructionAddress)
        #expect(difference.first.moment?.event == difference.first.before)
        #expect(!difference.registers.isEmpty)
        #expect("\(difference)".contains("interrupt 0x20"))
    }

    @Test func theInstructionIsNamedAlsoWhereItIsTooFarToCount() throws {
        let first = try Recording.make(.named("racy"), seed: 1)
        let second = try Recording.make(.named("racy"), seed: 2)
        var counted = try #require(try FirstDifferenceSearch(first, second).run())
        var uncounted = counted

        try counted.examine((first, second), on: KVMProcessor.self)
        try uncounted.examine((first, second), on: KVMProcessor.self, mostSteps: 10)

        #expect(counted.remarks.isEmpty)
        #expect(uncounted.first.instruction == counted.first.instruction)
        #expect(uncounted.second.instruction == counted.second.instruction)
        #expect(uncounted.remarks.contains { $0.contains("more than 10 instructions") })
    }

    @Test func anInterruptAtAnExitIsNamedWithTheInstructionThatItCameBefore() throws {
        let first = try Recording.make(.named("tick-shadows"))
        let interrupt = try #require(try first.ordinals { $0.event.kind == .interrupt }.first)
        let second = try Recording.copy(first) { recorded in
            guard recorded.ordinal == interrupt else { return recorded }
            var changed = recorded
            changed.event = .interrupt(vector: 0x21)
            return changed
        }
        var difference = try #require(try FirstDifferenceSearch(first, second).run())

        try difference.examine((first, first), on: KVMProcessor.self)

        #expect(difference.first.event?.ordinal == interrupt)
        #expect(difference.description.contains("came before"))
        #expect(!difference.description.contains("instruction  "))
    }

    @Test func theEventsBeforeAreThoseOfBothRunsAndNoKeyframes() throws {
        let reader = try Self.inputs.get()
        let place = EventOrdinal(60)
        let copy = try Recording.copy(reader) { recorded in
            guard recorded.ordinal == place, case .portRead(var access) = recorded.event else { return recorded }
            access.value ^= 1
            var changed = recorded
            changed.event = .portRead(access)
            return changed
        }
        let rarely = try Recording.make(Self.readingCode, keyframeInterval: 1000)

        let same = try #require(try FirstDifferenceSearch(reader, copy).run())
        let other = try #require(try FirstDifferenceSearch(rarely, copy).run())

        for side in [same.first, same.second, other.first, other.second] {
            #expect(side.context.count == 10)
            #expect(side.context.allSatisfy { $0.event.kind != .keyframe })
        }
        #expect(other.first.context.map(\.event) == other.second.context.map(\.event))
        #expect(same.description.contains("the events before, in B"))
    }

    @Test func ignoredInputsAreLookedPastUntilTheGuestBehavesDifferently() throws {
        let reader = try Recording.make(.named("tsc-hash"), maximumEvents: 100_000)
        let reads = try reader.ordinals { if case .hiddenRead = $0.event { true } else { false } }
        let outputs = try reader.ordinals { !$0.event.consoleBytes.isEmpty }
        let (input, output) = (try #require(reads.dropFirst(5).first), try #require(outputs.dropFirst(3).first))
        let copy = try Recording.copy(reader) { recorded in
            var changed = recorded
            if recorded.ordinal == input, case .hiddenRead(var read) = recorded.event {
                read.value += 1
                changed.event = .hiddenRead(read)
            } else if recorded.ordinal == output, case .portWrite(var access) = recorded.event {
                access.value ^= 1
                changed.event = .portWrite(access)
            }
            return changed
        }

        let strict = try #require(try FirstDifferenceSearch(reader, copy).run())
        let lenient = try #require(try FirstDifferenceSearch(reader, copy, ignoring: [.tsc]).run())

        #expect(strict.first.event?.ordinal == input)
        #expect(lenient.first.event?.ordinal == output)
        #expect(lenient.first.input?.ordinal == input)
    }

    @Test func keyframesAtOtherPlacesAreNoDifference() throws {
        let image: [UInt8] = [0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4]
        let often = try Recording.make(image, keyframeInterval: 7)
        let rarely = try Recording.make(image, keyframeInterval: 60)

        #expect(try FirstDifferenceSearch(often, rarely).run() == nil)
        #expect(often.eventCount > rarely.eventCount)
    }

    @Test func aTraceThatGoesOnDiffersFromOneThatEnds() throws {
        let long = try Self.inputs.get()
        let short = try Recording.make(
            [0xB9, 0xC8, 0x00, 0xE4, 0x80, 0xE6, 0x80, 0xE2, 0xFA, 0xB0, 0x00, 0xE6, 0xF4],
            maximumEvents: 150
        )

        let difference = try #require(try FirstDifferenceSearch(long, short).run())

        #expect(difference.kind == .event)
        #expect(difference.second.event?.event.kind == .end)
    }

    @Test func otherImagesDifferInTheHeaderAndAtTheStart() throws {
        let (first, second) = (try Recording.make(.named("hello")), try Recording.make(.named("mmio")))

        let headers = HeaderDifference.all(first.header, second.header)
        let difference = try #require(try FirstDifferenceSearch(first, second).run())

        #expect(headers.first?.subject == "guest")
        #expect(difference.kind == .state)
        #expect(difference.first.keyframe == 0)
    }
}

extension TraceReader {
    /// The events of which something is true.
    func ordinals(where matches: (RecordedEvent) -> Bool) throws -> [EventOrdinal] {
        var found: [EventOrdinal] = []
        var cursor = events()
        while let recorded = try cursor.next() {
            if matches(recorded) { found.append(recorded.ordinal) }
        }
        return found
    }

    /// The first keyframe between two exits, and the interrupt behind it.
    func firstLanding() throws -> (keyframe: Int, interrupt: EventOrdinal) {
        let entry = try #require(try keyframes.first { $0.position == .asynchronous })
        return (Int(entry.number), EventOrdinal(entry.event.rawValue + 1))
    }
}
