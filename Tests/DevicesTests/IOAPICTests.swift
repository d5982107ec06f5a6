import Devices
import Testing
import X86

@Suite struct IOAPICTests {
    private func read(_ apic: inout IOAPIC, _ index: UInt64) -> UInt64 {
        apic.write(at: 0x00, .doubleword, index)
        return apic.read(at: 0x10, .doubleword)
    }

    private func write(_ apic: inout IOAPIC, _ index: UInt64, _ value: UInt64) {
        apic.write(at: 0x00, .doubleword, index)
        apic.write(at: 0x10, .doubleword, value)
    }

    /// What the I/O APIC sends to a local APIC that takes everything.
    private func messages(_ apic: inout IOAPIC) -> [InterruptMessage] {
        var messages: [InterruptMessage] = []
        apic.deliver {
            messages.append($0)
            return true
        }
        return messages
    }

    /// With pin 4 edge-triggered and pin 5 level-triggered.
    private func programmed() -> IOAPIC {
        var apic = IOAPIC()
        write(&apic, 0x18, 0x0034)
        write(&apic, 0x1A, 0x8035)
        return apic
    }

    @Test func registers() {
        var apic = IOAPIC(identifier: 2)
        #expect(read(&apic, 0x00) == 0x0200_0000)
        #expect(read(&apic, 0x01) == 0x0017_0011)
        #expect(read(&apic, 0x02) == 0x0200_0000)
        #expect(read(&apic, 0x10) == 0x0001_0000)
        #expect(read(&apic, 0x3E) == 0x0001_0000)
        #expect(read(&apic, 0x40) == 0)
        #expect(apic.read(at: 0x00, .doubleword) == 0x40)
        write(&apic, 0x00, 0xFFFF_FFFF)
        #expect(read(&apic, 0x00) == 0x0F00_0000)
    }

    @Test func readOnlyBitsStay() {
        var apic = IOAPIC()
        write(&apic, 0x10, 0xFFFF_FFFF)
        write(&apic, 0x11, 0xFFFF_FFFF)
        #expect(read(&apic, 0x10) == 0x0001_AFFF)
        #expect(read(&apic, 0x11) == 0xFF00_0000)
    }

    @Test func anEdgeIsOneMessage() {
        var apic = programmed()
        write(&apic, 0x19, 0x0300_0000)
        apic.setLine(4, true)
        let message = messages(&apic).first
        #expect(message?.vector == 0x34)
        #expect(message?.destination == 3)
        #expect(message?.isLevelTriggered == false)
        #expect(messages(&apic).isEmpty)
        apic.pulseLine(4)
        #expect(messages(&apic).map(\.vector) == [0x34])
    }

    @Test func aLevelIsAMessageUntilItsEndAndAgainWhileItLasts() {
        var apic = programmed()
        apic.setLine(5, true)
        #expect(messages(&apic).map(\.isLevelTriggered) == [true])
        #expect(messages(&apic).isEmpty)
        #expect(read(&apic, 0x1A) == 0xC035)
        apic.endInterrupt(0x35)
        #expect(messages(&apic).map(\.vector) == [0x35])
        apic.setLine(5, false)
        apic.endInterrupt(0x35)
        #expect(messages(&apic).isEmpty)
    }

    @Test func anEdgeAtAMaskedPinIsLostAndALevelIsNot() {
        var apic = programmed()
        write(&apic, 0x18, 0x1_0034)
        write(&apic, 0x1A, 0x1_8035)
        apic.setLine(4, true)
        apic.setLine(5, true)
        #expect(messages(&apic).isEmpty)
        write(&apic, 0x18, 0x0034)
        write(&apic, 0x1A, 0x8035)
        #expect(messages(&apic).map(\.vector) == [0x35])
        #expect(messages(&apic).isEmpty)
    }

    @Test func aNonMaskableInterruptIsAnEdgeWhateverItsTriggerBit() {
        var apic = IOAPIC()
        write(&apic, 0x10, 0x8400)
        apic.setLine(0, true)
        let message = messages(&apic).first
        #expect(message?.mode == .nonMaskable)
        #expect(message?.isLevelTriggered == false)
        #expect(messages(&apic).isEmpty)
    }

    @Test func aReservedModeSendsNothing() {
        var apic = IOAPIC()
        write(&apic, 0x10, 0x0334)
        apic.setLine(0, true)
        #expect(messages(&apic).isEmpty)
    }

    @Test func aLevelReachesTheProcessorAndItsEndComesBack() {
        var apic = programmed()
        var local = LocalAPIC()
        _ = local.write(at: 0xF0, .doubleword, 0x1FF, now: .start)
        apic.setLine(5, true)
        apic.deliver { local.deliver($0) }
        #expect(local.acknowledge() == 0x35)
        let ended = local.write(at: 0xB0, .doubleword, 0, now: .start)
        #expect(ended == 0x35)
    }

    @Test(arguments: [UInt64(0xFF), 0x1FF])
    func aLevelThatTheLocalAPICRefusesIsOfferedAgain(spurious: UInt64) {
        var apic = programmed()
        write(&apic, 0x1A, 0x8035 & (spurious == 0xFF ? .max : ~0x30))
        var local = LocalAPIC()
        _ = local.write(at: 0xF0, .doubleword, spurious, now: .start)
        apic.setLine(5, true)
        apic.deliver { local.deliver($0) }
        #expect(!local.interruptLine)
        #expect(read(&apic, 0x1A) & 0x4000 == 0)
        // Enabled, and with a vector that there is.
        write(&apic, 0x1A, 0x8035)
        _ = local.write(at: 0xF0, .doubleword, 0x1FF, now: .start)
        apic.deliver { local.deliver($0) }
        #expect(local.acknowledge() == 0x35)
        #expect(read(&apic, 0x1A) & 0x4000 != 0)
    }

    @Test func anEdgeThatTheLocalAPICRefusesIsLost() {
        var apic = programmed()
        apic.setLine(4, true)
        apic.deliver { _ in false }
        #expect(messages(&apic).isEmpty)
    }

    @Test func noAccessTrapsAndTheStateRoundTrips() {
        var apic = IOAPIC()
        hammer(
            &apic,
            seed: 0xFEC,
            actions: [
                { $0.write(at: $1.numbers.pick([0, 0x10]), .doubleword, $1.numbers.quadword() & 0x1_FFFF) },
                { $0.write(at: $1.numbers.byte() & 0x50 == 0 ? 0 : 0x10, .byte, $1.numbers.quadword()) },
                { _ = $0.read(at: $1.numbers.quadword() & 0x1FF, $1.numbers.pick(AccessSize.allCases)) },
                { $0.setLine(Int($1.numbers.quadword() % 30) - 3, $1.numbers.quadword() & 1 == 0) },
                { $0.pulseLine(Int($1.numbers.quadword() % 30) - 3) },
                { $0.endInterrupt($1.numbers.byte()) },
                { apic, bench in apic.deliver { _ in (bench.numbers.next() as UInt64).isMultiple(of: 2) } },
                { apic, _ in apic = IOAPIC(state: apic.state) },
            ]
        )
        var copy = IOAPIC(state: apic.state)
        #expect(messages(&copy) == messages(&apic))
        #expect(copy.state == apic.state)
    }
}
