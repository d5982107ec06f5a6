import Testing
import TraceFormat
import X86

@testable import Reports

@Suite struct ConsoleFolderTests {
    private static func event(_ ordinal: UInt64, _ event: Event) -> RecordedEvent {
        RecordedEvent(ordinal: EventOrdinal(ordinal), time: 1500, rip: 0x1000, event: event)
    }

    private static let poll = Event.portRead(PortAccess(port: Port(0x3FD), size: .byte, value: 0x60))

    private static func byte(_ character: Character) -> Event {
        .portWrite(
            PortAccess(port: Port(0x3F8), size: .byte, value: UInt32(character.asciiValue ?? 0), isConsole: true)
        )
    }

    private static func fold(_ events: [Event]) -> [String] {
        var folder = ConsoleFolder()
        var entries: [ConsoleFolder.Entry] = []
        for (ordinal, event) in events.enumerated() { entries += folder.take(Self.event(UInt64(ordinal), event)) }
        return (entries + folder.finish()).map { "\($0)" }
    }

    @Test func bytesAndTheirPollsAreOneLine() {
        let lines = Self.fold([Self.poll, Self.byte("h"), Self.poll, Self.byte("i"), Self.byte("\n"), .halt])

        #expect(lines == ["0-4  1.500  console \"hi\\n\"", "5  1.500  hlt  at rip 0x1000"])
    }

    @Test func otherEventsEndALineAndNothingIsLost() {
        let lines = Self.fold([Self.byte("a"), .interrupt(vector: 0x20), Self.byte("b"), Self.poll])

        #expect(lines.map { $0.prefix { $0 != " " } } == ["0-0", "1", "2-2", "3"])
    }

    @Test func guestThatPollsForSomethingElseIsShownPolling() {
        let lines = Self.fold(Array(repeating: Self.poll, count: 100))

        #expect(lines.count == 100)
    }

    @Test func longLinesAreShownInParts() {
        let lines = Self.fold(Array(repeating: Self.byte("x"), count: 10_000))

        #expect(lines.map { $0.prefix { $0 != " " } } == ["0-4095", "4096-8191", "8192-9999"])
    }
}
