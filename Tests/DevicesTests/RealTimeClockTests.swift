import Platform
import Testing

@testable import Devices

@Suite struct RealTimeClockTests {
    /// Tuesday, 29 February 2000, 23:59:58.
    private static let leapDay = WallClock(secondsSince1970: 951_868_798)

    private func clock(_ date: WallClock = leapDay) -> RealTimeClock { RealTimeClock(date: date) }

    private func read(_ clock: inout RealTimeClock, _ index: UInt8, at now: MachineTime = .start) -> UInt8 {
        clock.write(.index, index, now: now)
        return clock.read(.data, now: now)
    }

    private func write(_ clock: inout RealTimeClock, _ index: UInt8, _ value: UInt8, at now: MachineTime = .start) {
        clock.write(.index, index, now: now)
        clock.write(.data, value, now: now)
    }

    /// Seconds, minutes, hours, day of the week, day, month, year, century.
    private func date(_ clock: inout RealTimeClock, at now: MachineTime = .start) -> [UInt8] {
        [0x00, 0x02, 0x04, 0x06, 0x07, 0x08, 0x09, 0x32].map { read(&clock, $0, at: now) }
    }

    private func seconds(_ count: Double) -> MachineTime { MachineTime(nanoseconds: UInt64(count * 1e9)) }

    @Test func theDateIsInDecimalAndTwentyFourHours() {
        var clock = clock()
        #expect(date(&clock) == [0x58, 0x59, 0x23, 3, 0x29, 0x02, 0x00, 0x20])
    }

    @Test func theDateGoesOnIntoTheNextMonth() {
        var clock = clock()
        #expect(date(&clock, at: seconds(2)) == [0, 0, 0, 4, 0x01, 0x03, 0x00, 0x20])
    }

    @Test func theFractionOfTheStartingSecondCounts() {
        var clock = clock(WallClock(secondsSince1970: 951_868_798, nanoseconds: 750_000_000))
        #expect(read(&clock, 0, at: seconds(0.24)) == 0x58)
        #expect(read(&clock, 0, at: seconds(0.25)) == 0x59)
    }

    @Test func theDateCanBeBinaryWithTwelveHours() {
        var clock = clock()
        write(&clock, 0x0B, 0x04)
        #expect(date(&clock) == [58, 59, 0x80 | 11, 3, 29, 2, 0, 20])
        #expect(read(&clock, 4, at: seconds(2)) == 12)
    }

    @Test func aStoppedClockTakesANewDate() {
        var clock = clock()
        write(&clock, 0x0B, 0x82)
        for (index, value) in [
            (0x00, 0x30), (0x02, 0x15), (0x04, 0x12), (0x06, 5), (0x07, 0x31), (0x08, 0x12), (0x09, 0x99), (0x32, 0x19),
        ] as [(UInt8, UInt8)] {
            write(&clock, index, value)
        }
        #expect(date(&clock, at: seconds(10)) == [0x30, 0x15, 0x12, 5, 0x31, 0x12, 0x99, 0x19])
        write(&clock, 0x0B, 0x02, at: seconds(10))
        #expect(date(&clock, at: seconds(10)) == [0x30, 0x15, 0x12, 5, 0x31, 0x12, 0x99, 0x19])
        #expect(date(&clock, at: seconds(11)) == [0x31, 0x15, 0x12, 5, 0x31, 0x12, 0x99, 0x19])
    }

    @Test func aRunningClockTakesASingleByte() {
        var clock = clock()
        write(&clock, 0x02, 0x10)
        #expect(date(&clock, at: seconds(1)) == [0x59, 0x10, 0x23, 3, 0x29, 0x02, 0x00, 0x20])
    }

    @Test func theFirstUpdateComesHalfASecondAfterTheDividerStarts() {
        var clock = clock()
        write(&clock, 0x0A, 0x70, at: seconds(0.3))
        #expect(read(&clock, 0, at: seconds(5.1)) == 0x58)
        write(&clock, 0x0A, 0x26, at: seconds(5.1))
        #expect(read(&clock, 0, at: seconds(5.59)) == 0x58)
        #expect(read(&clock, 0, at: seconds(5.6)) == 0x59)
        #expect(read(&clock, 0, at: seconds(6.6)) == 0x00)
    }

    @Test func updateInProgressIsSetBeforeAnUpdate() {
        var clock = clock()
        #expect(read(&clock, 0x0A, at: MachineTime(nanoseconds: 997_771_999)) == 0x26)
        #expect(read(&clock, 0x0A, at: MachineTime(nanoseconds: 997_772_000)) == 0xA6)
        #expect(read(&clock, 0x0A, at: MachineTime(nanoseconds: 1_000_000_000)) == 0x26)
    }

    @Test func aStoppedClockHasNoUpdateInProgress() {
        var clock = clock()
        write(&clock, 0x0B, 0x82)
        #expect(read(&clock, 0x0A, at: MachineTime(nanoseconds: 999_999_999)) == 0x26)
    }

    @Test func anUpdateInterrupts() {
        var clock = clock()
        write(&clock, 0x0B, 0x12)
        #expect(clock.nextDeadline(after: .start) == seconds(1))
        clock.advance(to: MachineTime(nanoseconds: 999_999_999))
        #expect(!clock.interruptLine)
        clock.advance(to: seconds(1))
        #expect(clock.interruptLine)
        #expect(clock.nextDeadline(after: seconds(1)) == nil)
        #expect(read(&clock, 0x0C, at: seconds(1)) & 0x90 == 0x90)
        #expect(!clock.interruptLine)
        #expect(read(&clock, 0x0C, at: seconds(1)) == 0)
    }

    @Test func flagsAreSetWithoutTheirInterrupts() {
        var clock = clock()
        #expect(read(&clock, 0x0C, at: seconds(1)) == 0x50)
        #expect(!clock.interruptLine)
    }

    @Test func stoppingTheClockDisablesItsUpdateInterrupt() {
        var clock = clock()
        write(&clock, 0x0B, 0x92)
        #expect(read(&clock, 0x0B) == 0x82)
    }

    @Test(arguments: [
        (UInt8(0x26), UInt64(976_563)), (0x21, 3_906_250), (0x22, 7_812_500), (0x23, 122_071), (0x2F, 500_000_000),
    ])
    func thePeriodicInterruptHasItsRate(control: UInt8, nanoseconds: UInt64) {
        var clock = clock()
        write(&clock, 0x0A, control)
        write(&clock, 0x0B, 0x42)
        #expect(clock.nextDeadline(after: .start) == MachineTime(nanoseconds: nanoseconds))
        clock.advance(to: MachineTime(nanoseconds: nanoseconds - 1))
        #expect(!clock.interruptLine)
        clock.advance(to: MachineTime(nanoseconds: nanoseconds))
        #expect(clock.interruptLine)
    }

    @Test func rateZeroIsNone() {
        var clock = clock()
        write(&clock, 0x0A, 0x20)
        write(&clock, 0x0B, 0x42)
        #expect(clock.nextDeadline(after: .start) == nil)
    }

    @Test(
        arguments: [
            ([0x00, 0x00, 0x00], 2), ([0x01, 0x00, 0x00], 3), ([0x58, 0xFF, 0xFF], 60), ([0xFF, 0xFF, 0xFF], 1),
            ([0x57, 0x59, 0x23], 86_399), ([0x58, 0x59, 0x23], 86_400), ([0x00, 0x30, 0xC0], 1802),
        ] as [([UInt8], Double)]
    )
    func theAlarmComesAtItsTime(alarm: [UInt8], delay: Double) {
        var clock = clock()
        for (index, value) in zip([0x01, 0x03, 0x05] as [UInt8], alarm) { write(&clock, index, value) }
        write(&clock, 0x0B, 0x22)
        #expect(clock.nextDeadline(after: .start) == seconds(delay))
        clock.advance(to: MachineTime(nanoseconds: seconds(delay).nanoseconds - 1))
        #expect(!clock.interruptLine)
        clock.advance(to: seconds(delay))
        #expect(clock.interruptLine)
    }

    @Test(arguments: [[UInt8(0x60), 0x00, 0x00], [0x00, 0x5A, 0x00], [0x00, 0x00, 0x24]])
    func anAlarmAtNoTimeNeverComes(alarm: [UInt8]) {
        var clock = clock()
        for (index, value) in zip([0x01, 0x03, 0x05] as [UInt8], alarm) { write(&clock, index, value) }
        write(&clock, 0x0B, 0x22)
        #expect(clock.nextDeadline(after: .start) == nil)
        clock.advance(to: MachineTime(seconds: 1_000_000))
        #expect(!clock.interruptLine)
    }

    @Test func anAlarmInTheAfternoonOfTwelveHours() {
        var clock = clock(WallClock(secondsSince1970: 0))
        write(&clock, 0x0B, 0x20)
        for (index, value) in [(0x01, 0x00), (0x03, 0x00), (0x05, 0x81)] as [(UInt8, UInt8)] {
            write(&clock, index, value)
        }
        #expect(clock.nextDeadline(after: .start) == seconds(13 * 3600))
    }

    @Test func theOtherBytesAreMemory() {
        var clock = clock()
        write(&clock, 0x0F, 0x5A)
        write(&clock, 0x7F, 0xA5)
        #expect(read(&clock, 0x0F) == 0x5A)
        #expect(clock[memory: 0x7F] == 0xA5)
        clock[memory: 0x10] = 0x77
        #expect(read(&clock, 0x10) == 0x77)
        clock[memory: 0x80] = 1
        clock[memory: 0x00] = 1
        #expect(clock[memory: 0x80] == 0)
        #expect(clock[memory: 0x00] == 0)
    }

    @Test func theIndexPortDisablesTheNonMaskableInterrupt() {
        var clock = clock()
        clock.write(.index, 0x8D, now: .start)
        #expect(clock.disablesNMI)
        #expect(clock.read(.data, now: .start) == 0x80)
        #expect(clock.read(.index, now: .start) == 0xFF)
    }

    @Test func firmwareFindsTheSizeOfMemory() {
        var clock = clock()
        clock.describeMemory(below4GiB: 128 << 20, above4GiB: 1 << 32)
        #expect(
            [0x15, 0x16, 0x17, 0x18, 0x30, 0x31].map { clock[memory: $0] } == [0x80, 0x02, 0xFF, 0xFF, 0xFF, 0xFF]
        )
        #expect([0x34, 0x35, 0x5B, 0x5C, 0x5D].map { clock[memory: $0] } == [0x00, 0x07, 0x00, 0x00, 0x01])
        clock.describeMemory(below4GiB: 2 << 20)
        #expect(
            [0x15, 0x16, 0x17, 0x18, 0x34, 0x35].map { clock[memory: $0] } == [0x80, 0x02, 0x00, 0x04, 0x00, 0x00]
        )
    }

    @Test func firmwareFindsTheBootOrder() {
        var clock = clock()
        clock.describeBootOrder([.hardDisk, .opticalDisc])
        clock.describeEquipment()
        #expect(clock[memory: 0x3D] == 0x32)
        #expect(clock[memory: 0x38] == 0x01)
        #expect(clock[memory: 0x14] == 0x06)
    }

    @Test(
        arguments: [
            (-62_167_219_200, [0, 1, 1]), (-1, [1969, 12, 31]), (0, [1970, 1, 1]), (951_782_400, [2000, 2, 29]),
            (4_107_542_400, [2100, 3, 1]), (253_402_300_799, [9999, 12, 31]),
        ] as [(Int64, [Int64])]
    )
    func theCalendarIsGregorian(seconds: Int64, date: [Int64]) {
        let calendar = CalendarDate(secondsSince1970: seconds)
        #expect([calendar.year, calendar.month, calendar.day] == date)
        #expect(calendar.secondsSince1970 == seconds)
    }

    @Test(arguments: [MachineTime.start, MachineTime(nanoseconds: .max - 1_000_000_000)])
    func noAccessTrapsAndTheStateRoundTrips(start: MachineTime) {
        var clock = RealTimeClock(date: WallClock(secondsSince1970: .max, nanoseconds: .max))
        hammer(
            &clock,
            seed: 146_818,
            count: 500_000,
            start: start,
            actions: [
                { clock, run in
                    clock.write(.index, run.numbers.byte() & 0x8F, now: run.later())
                    clock.write(.data, run.numbers.byte(), now: run.now)
                },
                { clock, run in
                    clock.write(run.numbers.pick(RealTimeClock.Register.allCases), run.numbers.byte(), now: run.later())
                },
                { clock, run in _ = clock.read(run.numbers.pick(RealTimeClock.Register.allCases), now: run.later()) },
                { clock, run in clock.advance(to: clock.nextDeadline(after: run.now) ?? run.later()) },
                { clock, run in clock[memory: run.numbers.byte()] = run.numbers.byte() },
                { clock, _ in clock = RealTimeClock(state: clock.state) },
            ]
        )
        var copy = RealTimeClock(state: clock.state)
        #expect(date(&copy, at: .latest) == date(&clock, at: .latest))
        #expect(copy.state == clock.state)
    }
}
