import TestBasics
import Testing

@testable import Devices

@Suite struct ClockRateTests {
    @Test func elevenSecondsHoldAWholeNumberOfTimerTicks() {
        #expect(ClockRate.intervalTimer.tick(at: MachineTime(seconds: 11)) == 13_125_000)
        #expect(ClockRate.powerManagementTimer.tick(at: MachineTime(seconds: 11)) == 39_375_000)
    }

    @Test func aYearLaterTheTimerHasNotDrifted() {
        let seconds: UInt64 = 11 * 3_000_000
        #expect(ClockRate.intervalTimer.tick(at: MachineTime(seconds: seconds)) == 13_125_000 * 3_000_000)
    }

    @Test(arguments: [ClockRate.intervalTimer, .powerManagementTimer, .realTimeClock, .localAPICTimer])
    func aTickBeginsAtTheTimeThatItSays(rate: ClockRate) {
        var numbers = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let tick = numbers.quadword() >> 16
            let time = rate.time(ofTick: tick)
            #expect(rate.tick(at: time) == tick)
            #expect(rate.tick(at: MachineTime(nanoseconds: max(time.nanoseconds, 1) - 1)) == max(tick, 1) - 1)
        }
    }

    @Test func timesStopAtTheLast() {
        #expect(ClockRate.realTimeClock.time(ofTick: .max) == .latest)
        #expect(MachineTime.latest.advanced(byNanoseconds: 1) == .latest)
        #expect(MachineTime(seconds: .max) == .latest)
        #expect(MachineTime.start.nanoseconds(since: .latest) == 0)
    }

    @Test func theEarliestOfDeadlinesIsFound() {
        let one = MachineTime(nanoseconds: 1)
        let two = MachineTime(nanoseconds: 2)
        #expect(MachineTime.earliest(one, two) == one)
        #expect(MachineTime.earliest(two, one) == one)
        #expect(MachineTime.earliest(nil, two) == two)
        #expect(MachineTime.earliest(one, nil) == one)
        #expect(MachineTime.earliest(nil, nil) == nil)
    }
}
