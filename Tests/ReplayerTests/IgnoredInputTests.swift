import EndToEnd
import GuestImages
import Testing
import TraceFormat
import X86

@testable import Replayer

@Suite struct IgnoredInputTests {
    private static func read(_ port: UInt16, _ size: AccessSize = .byte) -> Event {
        .portRead(PortAccess(port: Port(port), size: size, value: 1))
    }

    private static func write(_ port: UInt16, _ value: UInt32, _ size: AccessSize = .byte) -> Event {
        .portWrite(PortAccess(port: Port(port), size: size, value: value))
    }

    private static func memory(_ address: UInt64) -> MemoryAccess {
        MemoryAccess(address: GuestPhysicalAddress(address), length: 4, value: 1)
    }

    /// What is passed over of a list of events, by place.
    private static func covered(_ events: [Event], _ input: IgnoredInput) -> [Int] {
        var filter = InputFilter([input])
        return events.indices.filter { filter.covers(events[$0]) }
    }

    @Test func timeIsWhatTimersAndInterruptsShow() {
        let events = [
            Self.read(0x40), Self.write(0x40, 5), Self.write(0x43, 0x00), Self.write(0x43, 0x34),
            Self.write(0x43, 0xC2),
            Self.read(0x61), Self.write(0x20, 0x20), Self.read(0x60), .interrupt(vector: 0x20), .halt,
        ]

        #expect(Self.covered(events, .time) == [0, 2, 4, 5, 6, 8, 9])
    }

    @Test func timeIsTheLocalTimerToo() {
        let events: [Event] = [
            .memoryRead(Self.memory(0xFEE0_0390)), .memoryWrite(Self.memory(0xFEE0_00B0)),
            .memoryWrite(Self.memory(0xFEE0_0380)), .memoryRead(Self.memory(0xFEE0_0020)),
            .memoryWrite(Self.memory(0xFEE0_0300)),
        ]

        #expect(Self.covered(events, .time) == [0, 1, 2])
    }

    @Test func timeIsThePowerManagementTimerWhereTheGuestHasPutIt() {
        let events = [
            Self.read(0x608, .doubleword), Self.write(0xCF8, 0x8000_0B40, .doubleword),
            Self.write(0xCFC, 0x601, .doubleword),
            Self.read(0x608, .doubleword), Self.read(0x600, .word),
        ]

        #expect(Self.covered(events, .time) == [3])
    }

    @Test func timeIsTheClocksAcknowledgementAndNotItsTime() {
        let events = [Self.write(0x70, 0x8C), Self.read(0x71), Self.write(0x70, 0x04), Self.read(0x71)]

        #expect(Self.covered(events, .time) == [0, 1])
        #expect(Self.covered(events, .rtc) == [0, 1, 2, 3])
    }

    @Test(.needsKVM) func clockReadsAreLookedPastUntilTheGuestPrintsSomethingElse() throws {
        let reader = try Recording.make(.named("rtc-read"))
        let input = try #require(try reader.ordinals { $0.event.port == Port(0x71) }.last)
        let output = try #require(try reader.ordinals { !$0.event.consoleBytes.isEmpty }.last)
        let silent = try Recording.copy(reader) { $0.ordinal == input ? $0.withOtherByte : $0 }
        let heard = try Recording.copy(reader) { [input, output].contains($0.ordinal) ? $0.withOtherByte : $0 }

        #expect(try FirstDifferenceSearch(reader, silent).run()?.first.event?.ordinal == input)
        #expect(try FirstDifferenceSearch(reader, silent, ignoring: [.time]).run()?.first.event?.ordinal == input)
        #expect(try FirstDifferenceSearch(reader, silent, ignoring: [.rtc]).run() == nil)
        let difference = try #require(try FirstDifferenceSearch(reader, heard, ignoring: [.rtc]).run())
        #expect(difference.first.event?.ordinal == output)
        #expect(difference.first.input?.ordinal == input)
        #expect(difference.second.input?.ordinal == input)
    }

    @Test(.needsKVM) func anInterruptThatOneRunDidNotGetIsLookedPastAndNamedForTheOtherAlone() throws {
        let reader = try Recording.make(.named("pit-ticks"), keyframeInterval: 100_000)
        let interrupt = try #require(try reader.ordinals { $0.event.kind == .interrupt }.last)
        let directory = try TemporaryDirectory()
        var changes = TraceChanges()
        changes.events = { events in
            events.removeAll { $0.ordinal == interrupt }
            let output = events.lastIndex { !$0.event.consoleBytes.isEmpty } ?? 0
            events[output] = events[output].withOtherByte
        }
        let copy = try reader.copy(to: directory.file("fewer.rrvm"), changes: changes)

        let strict = try #require(try FirstDifferenceSearch(reader, copy).run())
        let lenient = try #require(try FirstDifferenceSearch(reader, copy, ignoring: [.time]).run())

        #expect(strict.first.event?.ordinal == interrupt)
        #expect(lenient.first.event?.event.consoleBytes.isEmpty == false)
        #expect(try #require(lenient.first.input).ordinal >= interrupt)
    }
}

extension RecordedEvent {
    /// The same with another bit in the byte that was read or written.
    fileprivate var withOtherByte: RecordedEvent {
        var changed = self
        switch event {
        case .portRead(var access):
            access.value ^= 1
            changed.event = .portRead(access)
        case .portWrite(var access):
            access.value ^= 1
            changed.event = .portWrite(access)
        default: break
        }
        return changed
    }
}
