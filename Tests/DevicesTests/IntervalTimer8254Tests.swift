import Platform
import Testing

@testable import Devices

@Suite struct IntervalTimer8254Tests {
    /// A timer and a hand on its clock, which goes by ticks.
    struct Bench {
        var timer = IntervalTimer8254()
        var tick: UInt64 = 1000

        var now: MachineTime { ClockRate.intervalTimer.time(ofTick: tick) }

        mutating func program(_ control: UInt8, _ register: IntervalTimer8254.Register, _ bytes: UInt8...) {
            timer.write(.control, control, now: now)
            for byte in bytes { timer.write(register, byte, now: now) }
        }

        mutating func wait(_ ticks: UInt64) {
            tick += ticks
            timer.advance(to: now)
        }

        mutating func read(_ register: IntervalTimer8254.Register) -> UInt8 { timer.read(register, now: now) }

        /// Latches and reads a two-byte count.
        mutating func count(_ counter: UInt8, _ register: IntervalTimer8254.Register) -> UInt16 {
            timer.write(.control, counter << 6, now: now)
            let low = UInt16(read(register))
            return low | UInt16(read(register)) << 8
        }

        /// The output of a counter at each of the next ticks.
        mutating func outputs(_ counter: IntervalTimer8254.CounterNumber, ticks: Int) -> String {
            var levels = ""
            for _ in 0..<ticks {
                wait(1)
                levels += timer.output(of: counter) ? "1" : "0"
            }
            return levels
        }

        mutating func gate(_ level: Bool) { timer.setSpeakerGate(level, now: now) }

        /// The ticks until the next interrupt.
        var deadline: UInt64? {
            timer.nextDeadline(after: now).map { ClockRate.intervalTimer.tick(at: $0) - tick }
        }
    }

    @Test func atPowerOnCounter0MakesItsLongestSquareWave() {
        var bench = Bench()
        bench.tick = 0
        bench.timer.write(.control, 0b1110_0010, now: bench.now)
        #expect(bench.read(.counter0) == 0b1011_0110)
        #expect(bench.deadline == 0x1_0000)
        bench.wait(0x7FFF)
        #expect(bench.timer.output(of: .zero))
        bench.wait(1)
        #expect(!bench.timer.output(of: .zero))
        #expect(bench.timer.takeInterruptEdge() == false)
        bench.wait(0x8000)
        #expect(bench.timer.takeInterruptEdge() == true)
    }

    @Test func atPowerOnTheSpeakersCounterWaitsForItsGate() {
        var bench = Bench()
        bench.wait(0x1_8000)
        #expect(bench.timer.output(of: .two))
        #expect(bench.count(2, .counter2) == 0)
        bench.gate(true)
        bench.wait(0x8002)
        #expect(!bench.timer.output(of: .two))
    }

    // The output sequences are those of the data sheet's wave forms, starting with the tick that loads the count.

    @Test func aDecimalCounterCountsInDecades() {
        var bench = Bench()
        bench.program(0x35, .counter0, 0x00, 0x10)
        bench.wait(2)
        #expect(bench.count(0, .counter0) == 0x0999)
    }

    @Test func zeroIsTheLargestCount() {
        var bench = Bench()
        bench.program(0x34, .counter0, 0, 0)
        #expect(bench.deadline == 65_537)
        bench.program(0x35, .counter0, 0, 0)
        #expect(bench.deadline == 10_001)
    }

    @Test func aLatchedCountStaysUntilItIsRead() {
        var bench = Bench()
        bench.program(0x34, .counter0, 0x00, 0x10)
        bench.wait(1)
        bench.timer.write(.control, 0x00, now: bench.now)
        bench.wait(5)
        bench.timer.write(.control, 0x00, now: bench.now)
        #expect(bench.read(.counter0) == 0x00)
        #expect(bench.read(.counter0) == 0x10)
        #expect(bench.read(.counter0) == 0xFB)
        #expect(bench.read(.counter0) == 0x0F)
    }

    @Test func readBackGivesStatusThenCount() {
        var bench = Bench()
        bench.program(0x34, .counter0, 0x34, 0x12)
        bench.wait(1)
        bench.timer.write(.control, 0xC2, now: bench.now)
        #expect(bench.read(.counter0) == 0b1011_0100)
        #expect(bench.read(.counter0) == 0x34)
        #expect(bench.read(.counter0) == 0x12)
    }

    @Test func readBackReachesSeveralCounters() {
        var bench = Bench()
        bench.program(0x10, .counter0, 9)
        bench.program(0x50, .counter1, 7)
        bench.wait(1)
        bench.timer.write(.control, 0xD6, now: bench.now)
        bench.wait(3)
        #expect(bench.read(.counter0) == 9)
        #expect(bench.read(.counter1) == 7)
    }

    @Test func statusSaysWhetherTheCountIsLoaded() {
        var bench = Bench()
        bench.program(0x34, .counter0)
        #expect(status(&bench) & 0x40 == 0x40)
        bench.timer.write(.counter0, 10, now: bench.now)
        bench.timer.write(.counter0, 0, now: bench.now)
        #expect(status(&bench) & 0x40 == 0x40)
        bench.wait(1)
        #expect(status(&bench) & 0x40 == 0)
        bench.timer.write(.counter0, 20, now: bench.now)
        bench.timer.write(.counter0, 0, now: bench.now)
        #expect(status(&bench) & 0x40 == 0x40)
        bench.wait(10)
        #expect(status(&bench) & 0x40 == 0)
    }

    @Test func statusShowsTheModeAsItWasWritten() {
        var bench = Bench()
        bench.program(0x3F, .counter0)
        #expect(status(&bench) == 0xFF)
    }

    func status(_ bench: inout Bench) -> UInt8 {
        bench.timer.write(.control, 0xE2, now: bench.now)
        return bench.read(.counter0)
    }

    @Test(arguments: [(UInt8(0x10), UInt64(101)), (0x14, 101), (0x16, 101), (0x18, 102)])
    func theDeadlineIsTheNextRise(control: UInt8, ticks: UInt64) {
        var bench = Bench()
        bench.program(control, .counter0, 100)
        _ = bench.timer.takeInterruptEdge()
        #expect(bench.deadline == ticks)
        bench.wait(ticks - 1)
        #expect(bench.timer.takeInterruptEdge() == false)
        bench.wait(1)
        #expect(bench.timer.takeInterruptEdge() == true)
    }

    @Test func periodsMissedTogetherAreOneEdgeAndNoDrift() {
        var bench = Bench()
        bench.program(0x34, .counter0, 0xE8, 0x03)
        bench.wait(1 + 1000 * 1_000_000 + 1)
        #expect(bench.timer.takeInterruptEdge() == true)
        #expect(bench.timer.takeInterruptEdge() == false)
        #expect(bench.deadline == 999)
    }

    @Test func aCountOfOneCausesNoStorm() {
        var bench = Bench()
        bench.program(0x14, .counter0, 1)
        #expect(bench.deadline == nil)
        bench.program(0x16, .counter0, 1)
        #expect(bench.deadline == nil)
    }

    @Test func timeNeverGoesBack() {
        var bench = Bench()
        bench.program(0x34, .counter0, 0, 0)
        bench.wait(100)
        let before = bench.count(0, .counter0)
        bench.tick -= 50
        #expect(bench.count(0, .counter0) == before)
    }

    @Test(arguments: [MachineTime.start, MachineTime(nanoseconds: .max - 1_000_000_000)])
    func noAccessTrapsAndTheStateRoundTrips(start: MachineTime) {
        var timer = IntervalTimer8254()
        hammer(
            &timer,
            seed: 8254,
            count: 500_000,
            start: start,
            actions: [
                { timer, run in
                    timer.write(
                        run.numbers.pick(IntervalTimer8254.Register.allCases),
                        run.numbers.byte(),
                        now: run.later()
                    )
                },
                { timer, run in
                    timer.write(.control, run.numbers.byte() & 0x3F, now: run.now)
                    timer.write(.counter0, run.numbers.byte() & 3, now: run.now)
                },
                { timer, run in _ = timer.read(run.numbers.pick(IntervalTimer8254.Register.allCases), now: run.later())
                },
                { timer, run in timer.setSpeakerGate(run.numbers.quadword() & 1 == 0, now: run.later()) },
                { timer, run in timer.advance(to: timer.nextDeadline(after: run.now) ?? run.later()) },
                { timer, _ in timer = IntervalTimer8254(state: timer.state) },
            ]
        )
        var copy = IntervalTimer8254(state: timer.state)
        #expect(copy.read(.counter0, now: .latest) == timer.read(.counter0, now: .latest))
        #expect(copy.state == timer.state)
    }
}
