import Testing
import X86

@testable import Devices

@Suite struct PowerManagementTests {
    private func timer(_ power: inout PowerManagement, at seconds: UInt64) -> UInt32 {
        power.read(at: 8, .doubleword, now: MachineTime(seconds: seconds))
    }

    @Test func theTimerCountsAtItsRate() {
        var power = PowerManagement(timerWidth: .bits32)
        #expect(timer(&power, at: 0) == 0)
        #expect(timer(&power, at: 11) == 39_375_000)
        #expect(power.read(at: 9, .byte, now: MachineTime(seconds: 11)) == 39_375_000 >> 8 & 0xFF)
    }

    @Test func aTimerOf24BitsWraps() {
        var power = PowerManagement(timerWidth: .bits24)
        #expect(timer(&power, at: 11) == 39_375_000 % (1 << 24))
    }

    @Test(arguments: [(PowerManagement.TimerWidth.bits24, UInt64(1) << 23), (.bits32, 1 << 31)])
    func theHighestBitChangingInterrupts(width: PowerManagement.TimerWidth, tick: UInt64) {
        var power = PowerManagement(timerWidth: width)
        power.writeCommand(PowerManagement.enableCommand)
        _ = power.write(at: 2, .word, 0x0001, now: .start)
        let due = ClockRate.powerManagementTimer.time(ofTick: tick)
        #expect(power.nextDeadline(after: .start) == due)
        power.advance(to: MachineTime(nanoseconds: due.nanoseconds - 1))
        #expect(!power.interruptLine)
        power.advance(to: due)
        #expect(power.interruptLine)
        #expect(power.nextDeadline(after: due) == nil)
        _ = power.write(at: 0, .word, 0x0001, now: due)
        #expect(!power.interruptLine)
        #expect(power.nextDeadline(after: due) == ClockRate.powerManagementTimer.time(ofTick: 2 * tick))
    }

    @Test func thePowerButtonInterruptsOnceACPIIsOn() {
        var power = PowerManagement()
        _ = power.write(at: 2, .word, 0x0100, now: .start)
        power.pressPowerButton()
        #expect(power.read(at: 0, .word, now: .start) == 0x0100)
        #expect(!power.interruptLine)
        power.writeCommand(PowerManagement.enableCommand)
        #expect(power.read(at: 4, .word, now: .start) == 0x0001)
        #expect(power.interruptLine)
        power.writeCommand(PowerManagement.disableCommand)
        #expect(!power.interruptLine)
    }

    @Test func sleepIsAskedForAndNotKept() {
        var power = PowerManagement()
        #expect(power.write(at: 4, .word, 5 << 10, now: .start) == nil)
        #expect(power.write(at: 4, .word, 0x2001, now: .start) == .softOff)
        #expect(power.read(at: 4, .word, now: .start) == 0x0001)
        #expect(power.write(at: 5, .byte, 0x34, now: .start)?.type == 5)
    }

    @Test func registersKeepTheirBits() {
        var power = PowerManagement()
        _ = power.write(at: 0, .doubleword, 0xFFFF_FFFF, now: .start)
        #expect(power.read(at: 0, .doubleword, now: .start) == 0x0721_0000)
        #expect(power.read(at: 10, .doubleword, now: .start) == 0xFFFF_0000)
    }

    @Test func theFunctionPlacesThePorts() {
        var function = PowerManagementPIIX4()
        #expect(function.portBase == nil)
        function.function.write(at: 0x40, .doubleword, 0xFFFF_0600 | 1)
        #expect(function.function.read(at: 0x40, .doubleword) == 0x0601)
        function.function.write(at: 0x80, .byte, 1)
        #expect(function.portBase == 0x0600)
        #expect(PowerManagementPIIX4(state: function.state).portBase == 0x0600)
    }

    @Test(arguments: [MachineTime.start, MachineTime(nanoseconds: .max - 1_000_000_000)])
    func noAccessTrapsAndTheStateRoundTrips(start: MachineTime) {
        var power = PowerManagement()
        hammer(
            &power,
            seed: 0xACB1,
            count: 500_000,
            start: start,
            actions: [
                { power, run in
                    let (offset, value) = (run.numbers.word() % 16, run.numbers.doubleword())
                    _ = power.write(at: offset, run.numbers.pick(AccessSize.allCases), value, now: run.later())
                },
                { power, run in
                    _ = power.read(at: run.numbers.word(), run.numbers.pick(AccessSize.allCases), now: run.later())
                },
                { power, run in power.writeCommand(run.numbers.byte()) },
                { power, run in power.advance(to: power.nextDeadline(after: run.now) ?? run.later()) },
                { power, _ in power.pressPowerButton() },
                { power, _ in power = PowerManagement(state: power.state) },
            ]
        )
        var copy = PowerManagement(state: power.state)
        #expect(copy.read(at: 8, .doubleword, now: .latest) == power.read(at: 8, .doubleword, now: .latest))
        #expect(copy.state == power.state)
    }
}
