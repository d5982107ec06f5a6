import Platform
import Testing
import X86

@testable import Devices

/// The timer's clock, modes and requests.
extension LocalAPICTests {
    @Test(
        arguments: [
            (0b0000, 2), (0b0001, 4), (0b0010, 8), (0b0011, 16), (0b1000, 32), (0b1001, 64), (0b1010, 128), (0b1011, 1),
        ] as [(UInt64, UInt64)]
    )
    func theTimerDividesItsClock(configuration: UInt64, divisor: UInt64) {
        var apic = enabled()
        write(&apic, 0x320, 0x30)
        write(&apic, 0x3E0, configuration)
        write(&apic, 0x380, 1000, at: 10)
        #expect(apic.nextDeadline(after: .start) == MachineTime(nanoseconds: 10 + 1000 * divisor))
        #expect(read(&apic, 0x390, at: 10 + 10 * divisor) == 990)
        #expect(read(&apic, 0x390, at: 10 + 1000 * divisor - 1) == 1)
        #expect(!apic.interruptLine)
        #expect(read(&apic, 0x390, at: 10 + 1000 * divisor) == 0)
        #expect(apic.pendingVector == 0x30)
        _ = apic.acknowledge()
        #expect(apic.nextDeadline(after: .start) == nil)
    }

    @Test func aPeriodicTimerDoesNotDrift() {
        var apic = enabled()
        write(&apic, 0x3E0, 0b1011)
        write(&apic, 0x320, 0x2_0030)
        write(&apic, 0x380, 1000)
        apic.advance(to: MachineTime(nanoseconds: 1_000_500))
        #expect(apic.acknowledge() == 0x30)
        #expect(!apic.interruptLine)
        #expect(apic.nextDeadline(after: .start) == MachineTime(nanoseconds: 1_001_000))
        #expect(read(&apic, 0x390, at: 1_000_500) == 500)
    }

    @Test func aTimerWhoseRequestWaitsNeedsNoDeadline() {
        var apic = enabled()
        write(&apic, 0x3E0, 0b1011)
        write(&apic, 0x320, 0x2_0030)
        write(&apic, 0x380, 1)
        apic.advance(to: MachineTime(nanoseconds: 10))
        #expect(apic.nextDeadline(after: .start) == nil)
    }

    @Test func aMaskedTimerCountsInSilence() {
        var apic = enabled()
        write(&apic, 0x380, 100)
        #expect(apic.nextDeadline(after: .start) == nil)
        #expect(read(&apic, 0x390, at: 100) == 50)
        #expect(read(&apic, 0x390, at: 200) == 0)
        #expect(!apic.interruptLine)
    }

    @Test func aChangedDividerGoesOnFromTheCount() {
        var apic = enabled()
        write(&apic, 0x3E0, 0b1011)
        write(&apic, 0x380, 100)
        write(&apic, 0x3E0, 0b0000, at: 40)
        #expect(read(&apic, 0x390, at: 60) == 50)
    }

    @Test(arguments: [(0x40, 0x2_0040), (0x2_0040, 0x40)] as [(UInt64, UInt64)])
    func aChangeOfModeDisarmsTheTimer(before: UInt64, after: UInt64) {
        var apic = enabled()
        write(&apic, 0x320, before)
        write(&apic, 0x380, 1000)
        write(&apic, 0x320, before | 1)
        #expect(apic.nextDeadline(after: .start) != nil)
        write(&apic, 0x320, after)
        #expect(apic.nextDeadline(after: .start) == nil)
        #expect(read(&apic, 0x380) == 0)
        #expect(read(&apic, 0x390) == 0)
        write(&apic, 0x380, 1000)
        #expect(apic.nextDeadline(after: .start) != nil)
    }
}
