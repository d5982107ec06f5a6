import Platform
import Testing

@testable import Devices

/// What each mode's output does, tick by tick.
extension IntervalTimer8254Tests {
    @Test func mode0RisesOnTerminalCount() {
        var bench = Bench()
        bench.program(0x10, .counter0, 4)
        #expect(bench.outputs(.zero, ticks: 7) == "0000111")
        #expect(bench.timer.takeInterruptEdge() == true)
        #expect(bench.timer.takeInterruptEdge() == false)
    }

    @Test func mode0StopsWhileTheGateIsLow() {
        var bench = Bench()
        bench.gate(true)
        bench.program(0x90, .counter2, 3)
        bench.wait(2)
        bench.gate(false)
        #expect(bench.outputs(.two, ticks: 5) == "00000")
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 3) == "011")
    }

    @Test func mode0WrittenWithTheGateLowNeedsNoTickToLoad() {
        var bench = Bench()
        bench.program(0x90, .counter2, 2)
        bench.wait(3)
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 3) == "011")
    }

    @Test func mode0FirstByteStopsTheCount() {
        var bench = Bench()
        bench.program(0x30, .counter0, 2, 0)
        bench.wait(5)
        bench.timer.write(.counter0, 3, now: bench.now)
        #expect(bench.outputs(.zero, ticks: 5) == "00000")
        bench.timer.write(.counter0, 0, now: bench.now)
        #expect(bench.outputs(.zero, ticks: 5) == "00011")
    }

    @Test func mode0CountsOnBelowZero() {
        var bench = Bench()
        bench.program(0x30, .counter0, 2, 0)
        bench.wait(1 + 2 + 1)
        #expect(bench.count(0, .counter0) == 0xFFFF)
    }

    @Test func mode1IsLowForTheCountAfterATrigger() {
        var bench = Bench()
        bench.program(0x92, .counter2, 3)
        #expect(bench.outputs(.two, ticks: 2) == "11")
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 5) == "00011")
    }

    @Test func mode1CanBeTriggeredAgain() {
        var bench = Bench()
        bench.program(0x92, .counter2, 3)
        bench.gate(true)
        bench.wait(2)
        bench.gate(false)
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 5) == "00011")
    }

    @Test func mode2IsLowForTheLastTickOfEachPeriod() {
        var bench = Bench()
        bench.program(0x14, .counter0, 3)
        #expect(bench.outputs(.zero, ticks: 8) == "11011011")
    }

    @Test func mode2TakesANewCountAtTheEndOfAPeriod() {
        var bench = Bench()
        bench.program(0x14, .counter0, 4)
        bench.wait(2)
        bench.timer.write(.counter0, 3, now: bench.now)
        #expect(bench.outputs(.zero, ticks: 8) == "10110110")
    }

    @Test func mode2StopsHighAndReloadsByItsGate() {
        var bench = Bench()
        bench.gate(true)
        bench.program(0x94, .counter2, 3)
        bench.wait(3)
        #expect(!bench.timer.output(of: .two))
        bench.gate(false)
        #expect(bench.timer.output(of: .two))
        bench.wait(10)
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 6) == "110110")
    }

    @Test(arguments: [(UInt8(4), "1100110011"), (5, "1110011100"), (2, "1010101010")])
    func mode3IsASquareWave(count: UInt8, levels: String) {
        var bench = Bench()
        bench.program(0x16, .counter0, count)
        #expect(bench.outputs(.zero, ticks: 10) == levels)
    }

    @Test func mode3TakesANewCountAtTheEndOfAHalfPeriod() {
        var bench = Bench()
        bench.program(0x16, .counter0, 4)
        bench.wait(1)
        bench.timer.write(.counter0, 6, now: bench.now)
        #expect(bench.outputs(.zero, ticks: 9) == "100011100")
    }

    @Test func mode3CountsInTwos() {
        var bench = Bench()
        bench.program(0x36, .counter0, 8, 0)
        bench.wait(1)
        #expect(bench.count(0, .counter0) == 8)
        bench.wait(3)
        #expect(bench.count(0, .counter0) == 2)
        bench.wait(1)
        #expect(bench.count(0, .counter0) == 8)
    }

    @Test func mode4StrobesOnce() {
        var bench = Bench()
        bench.program(0x18, .counter0, 3)
        #expect(bench.outputs(.zero, ticks: 8) == "11101111")
    }

    @Test func mode5StrobesAfterATrigger() {
        var bench = Bench()
        bench.program(0x9A, .counter2, 3)
        #expect(bench.outputs(.two, ticks: 6) == "111111")
        bench.gate(true)
        #expect(bench.outputs(.two, ticks: 6) == "111011")
    }

    @Test(arguments: [(UInt8(0x1C), "110110"), (0x1E, "110110")])
    func modes6And7Are2And3(control: UInt8, levels: String) {
        var bench = Bench()
        bench.program(control, .counter0, 3)
        #expect(bench.outputs(.zero, ticks: 6) == levels)
    }
}
