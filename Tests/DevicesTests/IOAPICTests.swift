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
        let message = apic.takeMessage()
        #expect(message?.vector == 0x34)
        #expect(message?.destination == 3)
        #expect(message?.isLevelTriggered == false)
        #expect(apic.takeMessage() == nil)
        apic.pulseLine(4)
        #expect(apic.takeMessage()?.vector == 0x34)
    }

    @Test func aLevelIsAMessageUntilItsEndAndAgainWhileItLasts() {
        var apic = programmed()
        apic.setLine(5, true)
        #expect(apic.takeMessage()?.isLevelTriggered == true)
        #expect(apic.takeMessage() == nil)
        #expect(read(&apic, 0x1A) == 0xC035)
        apic.endInterrupt(0x35)
        #expect(apic.takeMessage()?.vector == 0x35)
        apic.setLine(5, false)
        apic.endInterrupt(0x35)
        #expect(apic.takeMessage() == nil)
    }

    @Test func anEdgeAtAMaskedPinIsLostAndALevelIsNot() {
        var apic = programmed()
        write(&apic, 0x18, 0x1_0034)
        write(&apic, 0x1A, 0x1_8035)
        apic.setLine(4, true)
        apic.setLine(5, true)
        #expect(apic.takeMessage() == nil)
        write(&apic, 0x18, 0x0034)
        write(&apic, 0x1A, 0x8035)
        #expect(apic.takeMessage()?.vector == 0x35)
        #expect(apic.takeMessage() == nil)
    }

    @Test func aNonMaskableInterruptIsAnEdgeWhateverItsTriggerBit() {
        var apic = IOAPIC()
        write(&apic, 0x10, 0x8400)
        apic.setLine(0, true)
        let message = apic.takeMessage()
        #expect(message?.mode == .nonMaskable)
        #expect(message?.isLevelTriggered == false)
        #expect(apic.takeMessage() == nil)
    }

    @Test func aReservedModeSendsNothing() {
        var apic = IOAPIC()
        write(&apic, 0x10, 0x0334)
        apic.setLine(0, true)
        #expect(apic.takeMessage() == nil)
    }

    @Test func aLevelReachesTheProcessorAndItsEndComesBack() {
        var apic = programmed()
        var local = LocalAPIC()
        _ = local.write(at: 0xF0, .doubleword, 0x1FF, now: .start)
        apic.setLine(5, true)
        let isTaken = apic.takeMessage().map { local.deliver($0) }
        #expect(isTaken == true)
        #expect(local.acknowledge() == 0x35)
        let ended = local.write(at: 0xB0, .doubleword, 0, now: .start)
        #expect(ended == 0x35)
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
                { apic, _ in while apic.takeMessage() != nil {} },
                { apic, _ in apic = IOAPIC(state: apic.state) },
            ]
        )
        var copy = IOAPIC(state: apic.state)
        #expect(copy.takeMessage() == apic.takeMessage())
        #expect(copy.state == apic.state)
    }
}
