import Devices
import Testing
import X86

@testable import Machine

/// What a reset of the board changes and leaves, and whether a non-maskable interrupt may still come.
@Suite struct BoardResetTests {
    private typealias Bench = PCBoardTests.Bench

    private static let later = MachineTime(nanoseconds: 3_000_000_000)

    @Test func devicesAreAsAtTheStart() {
        var bench = Bench()
        bench.openInterrupts()
        bench.write(0x3FF, .byte, 0x5A)
        bench.write(0x21, .byte, 0x12)
        bench.write(0x80, .byte, 0x34)
        let isTaken = bench.board.writeMSR(0x17A, 4, now: bench.now)

        bench.now = Self.later
        bench.board.reset(at: bench.now)

        let new = Bench()
        let serial = (bench.board.serial1.state, new.board.serial1.state)
        let controller = (bench.board.lines.controller.state, new.board.lines.controller.state)
        let registers = [0x17A, 0x10].map { bench.board.readMSR($0, now: Self.later) }
        #expect(isTaken)
        #expect(serial.0 == serial.1)
        #expect(controller.0 == controller.1)
        #expect(registers == [0, 0])
        #expect(bench.read(0x80) == 0)
    }

    @Test func theClockKeepsItsMemoryAndItsDateAndInterruptsNoMore() {
        var bench = Bench()
        bench.write(0x70, .byte, 0x50)
        bench.write(0x71, .byte, 0x77)
        bench.write(0x70, .byte, 0x0B)
        bench.write(0x71, .byte, 0x42)  // periodic interrupts

        bench.now = Self.later
        bench.board.reset(at: bench.now)

        let clock = bench.board.realTimeClock
        #expect(clock[memory: 0x50] == 0x77)
        #expect(clock.nextDeadline(after: Self.later) == nil)
        bench.write(0x70, .byte, 0x00)
        #expect(bench.read(0x71) == 0x43)  // 1,000,000,000 seconds ended with 40, and 3 have passed
        bench.write(0x70, .byte, 0x0B)
        #expect(bench.read(0x71) == 0x02)
    }

    @Test func configurationSpaceIsSetUpAgain() {
        var bench = Bench { $0.isSetUp = true }
        let windows = bench.board.windows.count
        bench.write(0xCF8, .doubleword, 0x8000_1004)  // the console's command register
        bench.write(0xCFC, .word, 0)
        bench.write(0xCF8, .doubleword, 0x8000_1010)
        bench.write(0xCFC, .doubleword, 0xE000_0000)

        bench.board.reset(at: bench.now)

        let present = bench.board.windows
        #expect(present.count == windows)
        #expect(present.contains { $0.start == 0xFE00_0000 })
    }

    /// The timer's pin of the I/O APIC sends a non-maskable interrupt.
    private static func send(_ entry: UInt64, on bench: inout Bench) {
        for (index, value) in [(0x15, 0), (0x14, entry)] as [(UInt64, UInt64)] {
            _ = bench.board.writeMemory(GuestPhysicalAddress(0xFEC0_0000), 4, index, now: bench.now)
            _ = bench.board.writeMemory(GuestPhysicalAddress(0xFEC0_0010), 4, value, now: bench.now)
        }
    }

    /// Counter 0 counts down once, for 27 ms.
    private static func startTimer(of bench: inout Bench) {
        bench.write(0x43, .byte, 0x30)
        bench.write(0x40, .byte, 0)
        bench.write(0x40, .byte, 0x80)
    }

    @Test func aNonMaskableInterruptIsExpectedUntilTheTimerHasRunOut() {
        var bench = Bench()
        Self.send(0x400, on: &bench)
        Self.startTimer(of: &bench)
        let before = bench.board.expectsNonMaskableInterrupt(at: bench.now)

        bench.wait(nanoseconds: 30_000_000)

        let (isThere, after) = (
            bench.board.nonMaskableInterruptRequested, bench.board.expectsNonMaskableInterrupt(at: bench.now)
        )
        #expect(before && isThere && !after)
    }

    /// Masked; of other kinds.
    @Test(arguments: [0x1_0400, 0x0020, 0x0500] as [UInt64])
    func noneIsExpectedWhereTheTimerLeadsToNone(entry: UInt64) {
        var bench = Bench()
        Self.send(entry, on: &bench)

        Self.startTimer(of: &bench)

        let isExpected = bench.board.expectsNonMaskableInterrupt(at: bench.now)
        #expect(!isExpected)
    }

    @Test func thePairAtLINT0MayBringOneToo() {
        var bench = Bench()
        bench.openInterrupts()
        Self.startTimer(of: &bench)
        let before = bench.board.expectsNonMaskableInterrupt(at: bench.now)

        _ = bench.board.writeMemory(GuestPhysicalAddress(0xFEE0_0350), 4, 0x400, now: bench.now)
        let isOpen = bench.board.expectsNonMaskableInterrupt(at: bench.now)
        bench.write(0x21, .byte, 0xFF)
        let isClosed = bench.board.expectsNonMaskableInterrupt(at: bench.now)

        #expect(!before && isOpen && !isClosed)
    }
}
