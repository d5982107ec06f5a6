import Devices
import Engine
import GuestMemory
import Platform
import Testing
import X86

@testable import Machine

/// From a device's line to the processor's vector.
extension PCBoardTests {
    @Test func theTimersEdgeBecomesItsVector() throws {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x43, .byte, 0x34)  // counter 0, both bytes, mode 2
        bench.write(0x40, .byte, 0xA9)  // 1193: a millisecond
        bench.write(0x40, .byte, 0x04)
        #expect(bench.board.interruptRequested == false)
        let nextDeadline = bench.board.nextDeadline
        let deadline = try #require(nextDeadline)
        #expect(0.9e6...1.1e6 ~= Double(deadline.nanoseconds))
        bench.wait(nanoseconds: deadline.nanoseconds)
        #expect(bench.board.interruptRequested == true)
        #expect(bench.board.acknowledgeInterrupt() == 0x20)
        #expect(bench.board.interruptRequested == false)
    }

    @Test func theTimerTicksAgainAfterTheEndOfInterrupt() throws {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x43, .byte, 0x34)
        bench.write(0x40, .byte, 0xA9)
        bench.write(0x40, .byte, 0x04)
        for _ in 0..<3 {
            bench.wait(nanoseconds: 1_002_000)
            #expect(bench.board.acknowledgeInterrupt() == 0x20)
            bench.write(0x20, .byte, 0x20)  // end of interrupt
        }
    }

    @Test func aMaskedTimerAsksForNothing() {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x21, .byte, 0x01)
        bench.write(0x43, .byte, 0x34)
        bench.write(0x40, .byte, 0xA9)
        bench.write(0x40, .byte, 0x04)
        bench.wait(nanoseconds: 5_000_000)
        #expect(bench.board.interruptRequested == false)
    }

    @Test func theSerialPortRaisesLine4() {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x3F9, .byte, 0x02)  // IER: transmitter empty
        #expect(bench.board.interruptRequested == true)
        #expect(bench.board.acknowledgeInterrupt() == 0x24)
        #expect(bench.read(0x3FA) & 0x0F == 0x02)  // IIR: transmitter empty, which reading clears
        bench.write(0x20, .byte, 0x20)
        #expect(bench.board.interruptRequested == false)
    }

    @Test func theClockRaisesLine8() {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x70, .byte, 0x0B)
        bench.write(0x71, .byte, 0x42)  // register B: periodic interrupt, 24 hours
        bench.wait(nanoseconds: 2_000_000)
        #expect(bench.board.interruptRequested == true)
        #expect(bench.board.acknowledgeInterrupt() == 0x28)
        #expect(bench.cmos(0x0C) & 0xC0 == 0xC0)
    }

    @Test func theTimerComesBeforeTheClock() {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x70, .byte, 0x0B)
        bench.write(0x71, .byte, 0x42)
        bench.write(0x43, .byte, 0x34)
        bench.write(0x40, .byte, 0xA9)
        bench.write(0x40, .byte, 0x04)
        bench.wait(nanoseconds: 3_000_000)
        #expect(bench.board.acknowledgeInterrupt() == 0x20)
    }
}
