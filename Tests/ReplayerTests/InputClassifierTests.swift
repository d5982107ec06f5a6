import Testing
import TraceFormat
import X86

@testable import Replayer

/// Where input came from, by the events of a trace alone.
@Suite struct InputClassifierTests {
    @Test(arguments: [
        (UInt16(0x3F8), InputKind.console), (0x2F8, .console), (0x60, .console), (0x1F0, .disk), (0x511, .files),
    ])
    func portsHaveKinds(port: UInt16, kind: InputKind) {
        #expect(inputs([.portRead(access(port, .byte, 1))]) == [piece(kind, 0...0, 1)])
    }

    @Test func otherPortsGiveNothing() {
        #expect(inputs([.portRead(access(0x3FD, .byte, 1)), .portRead(access(0x70, .byte, 1))]).isEmpty)
    }

    @Test func whatIsReadInARowIsOnePiece() {
        let word = Event.portRead(access(0x1F0, .word, 0xABCD))

        let found = inputs([word, word, word, .portWrite(access(0x80, .byte, 0)), word])

        #expect(found == [piece(.disk, 0...2, 6), piece(.disk, 4...4, 2)])
    }

    @Test func randomNumbersAreFoundAndTimeIsNot() {
        let events = [HiddenInstruction.rdrand, .rdtsc, .rdseed].map {
            Event.hiddenRead(HiddenRead(instruction: $0, value: 5))
        }

        #expect(inputs(events) == [piece(.random, 0...0, 8), piece(.random, 2...2, 8)])
    }

    @Test func transfersBelongToThePortThatStartedThem() {
        let found = inputs([
            .portWrite(access(0xC000, .byte, 9)), write(0x1000, 512), .portWrite(access(0x518, .doubleword, 0)),
            write(0x2000, 16),
        ])

        #expect(found == [piece(.disk, 1...1, 512), piece(.files, 3...3, 16)])
    }

    @Test(arguments: [(UInt32(0x1041), InputKind.network), (0x1042, .disk), (0x1043, .console), (0x1044, .random)])
    func virtioTransfersBelongToTheDeviceThatThePCIBusNames(device: UInt32, kind: InputKind) {
        let base: UInt32 = 0xFE00_4000
        let found = inputs(discovery(of: device, at: base) + [notification(base), write(0x5000, 600)])

        #expect(found == [piece(kind, 6...6, 600)])
    }

    @Test func keyframesThatWereLeftOutAreNoInput() {
        let found = inputs([notification(0xFE00_0000), write(0x1000, 0), write(0x5000, 64), write(0x1000, 0)])

        #expect(found == [piece(.disk, 2...2, 64)])
    }

    @Test func deviceThatIsNotKnownCountsAsADisk() {
        #expect(inputs([notification(0xFE00_0000), write(0x5000, 64)]) == [piece(.disk, 1...1, 64)])
    }

    @Test func windowsThatFollowOneAnotherAreToldApart() {
        let disk = discovery(of: 0x1042, at: 0xFE00_0000, slot: 4)
        let network = discovery(of: 0x1041, at: 0xFE00_4000, slot: 5)

        let found = inputs(disk + network + [notification(0xFE00_4000), write(0x5000, 64)])

        #expect(found.map(\.kind) == [.network])
    }

    @Test func whatSaysThatARequestIsDoneIsNoData() {
        // Data, the status byte, the used ring's element 3, its index.
        let found = inputs([
            notification(0xFE00_0000), write(0x5000, 512), write(0x6000, 1), write(0x7000 + 4 + 24, 8),
            write(0x7002, 2),
        ])

        #expect(found == [piece(.disk, 1...1, 512)])
    }

    @Test func smallWritesThatAreNoRingAreData() {
        let found = inputs([.portWrite(access(0xC000, .byte, 9)), write(0x5000, 8), write(0x9002, 2), write(0x6000, 1)])

        #expect(found == [piece(.disk, 1...3, 11)])
    }

    @Test func blankedEventsKeepTheirForm() {
        #expect(Event.portRead(access(0x1F0, .word, 7)).blanked == .portRead(access(0x1F0, .word, 0)))
        #expect(write(0x1000, 3).blanked == .deviceWrite(address: GuestPhysicalAddress(0x1000), bytes: [0, 0, 0]))
        let random = HiddenRead(instruction: .rdrand, value: 7)
        #expect(Event.hiddenRead(random).blanked == .hiddenRead(HiddenRead(instruction: .rdrand, value: 0)))
        #expect(Event.halt.blanked == .halt)
    }

    private func inputs(_ events: [Event]) -> [RecordedInput] {
        var classifier = InputClassifier()
        for (index, event) in events.enumerated() {
            classifier.take(RecordedEvent(ordinal: EventOrdinal(UInt64(index)), time: 0, rip: 0, event: event))
        }
        return classifier.finish()
    }

    private func piece(_ kind: InputKind, _ events: ClosedRange<UInt64>, _ bytes: UInt64) -> RecordedInput {
        let events = EventOrdinal(events.lowerBound)...EventOrdinal(events.upperBound)
        return RecordedInput(kind: kind, events: events, byteCount: bytes)
    }

    private func access(_ port: UInt16, _ size: AccessSize, _ value: UInt32) -> PortAccess {
        PortAccess(port: Port(port), size: size, value: value)
    }

    private func write(_ address: UInt64, _ count: Int) -> Event {
        .deviceWrite(address: GuestPhysicalAddress(address), bytes: [UInt8](repeating: 0x5A, count: count))
    }

    private func notification(_ base: UInt32) -> Event {
        .memoryWrite(MemoryAccess(address: GuestPhysicalAddress(UInt64(base) + 0x3000), length: 2, value: 0))
    }

    /// Asks a slot of the bus who is there, and for the size and the place of its window: five accesses.
    private func discovery(of device: UInt32, at base: UInt32, slot: UInt32 = 4) -> [Event] {
        let address = 0x8000_0000 | slot << 11
        return [
            .portWrite(access(0xCF8, .doubleword, address)),
            .portRead(access(0xCFC, .doubleword, device << 16 | 0x1AF4)),
            .portWrite(access(0xCF8, .doubleword, address | 0x10)), .portWrite(access(0xCFC, .doubleword, 0xFFFF_FFFF)),
            .portRead(access(0xCFC, .doubleword, base)),
        ]
    }
}
