import Devices
import Testing

@testable import Recorder

/// A clock that goes by what the guest does.
@Suite struct VirtualClockTests {
    @Test func anExitTakesAMicrosecond() {
        var clock = VirtualClock()

        for _ in 0..<1000 { clock.countExit() }

        #expect(clock.now == MachineTime(nanoseconds: 1_000_000))
    }

    @Test func waitingSkipsAhead() {
        var clock = VirtualClock()
        clock.countExit()

        clock.skip(to: MachineTime(nanoseconds: 5000))
        clock.countExit()

        #expect(clock.now == MachineTime(nanoseconds: 6000))
    }

    @Test func itNeverGoesBack() {
        var clock = VirtualClock()
        clock.skip(to: MachineTime(nanoseconds: 5000))

        clock.skip(to: MachineTime(nanoseconds: 4999))

        #expect(clock.now == MachineTime(nanoseconds: 5000))
    }
}
