import Testing

@testable import TraceFormat

/// When a writer's thread writes and sleeps.
@Suite struct FlushScheduleTests {
    @Test func aThreadThatIsWokenEarlySleepsForTheRestOfTheInterval() {
        var schedule = FlushSchedule(flushInterval: 50, syncInterval: nil, start: 1000)

        #expect(schedule.sleep(at: 1000) == 50)
        let earlyFlush1 = schedule.takeFlush(at: 1049)
        #expect(!earlyFlush1)
        #expect(schedule.sleep(at: 1049) == 1)
        let dueFlush2 = schedule.takeFlush(at: 1050)
        #expect(dueFlush2)
        #expect(schedule.sleep(at: 1050) == 50)
    }

    /// However often it is woken: what is put right after a flush waits for no longer than an interval.
    @Test func noEventWaitsForMoreThanOneInterval() {
        var schedule = FlushSchedule(flushInterval: 50, syncInterval: 1000, start: 0)
        var flushes: [UInt64] = [0]
        var now: UInt64 = 0
        for round in 0..<1000 as Range<UInt64> {
            if schedule.takeFlush(at: now) { flushes.append(now) }
            _ = schedule.takeSync(at: now)
            now += min(schedule.sleep(at: now), 1 + round * 7919 % 60)
        }

        let waits = zip(flushes, flushes.dropFirst()).map { $1 - $0 }
        #expect(waits.count > 100)
        #expect(waits.allSatisfy { $0 == 50 })
    }

    @Test func synchronisationHasItsOwnIntervalAndIsNotSleptThrough() {
        var schedule = FlushSchedule(flushInterval: 700, syncInterval: 1000, start: 0)

        let earlySync3 = schedule.takeSync(at: 999)
        #expect(!earlySync3)
        let dueFlush4 = schedule.takeFlush(at: 700)
        #expect(dueFlush4)
        #expect(schedule.sleep(at: 700) == 300)
        let dueSync5 = schedule.takeSync(at: 1000)
        #expect(dueSync5)
        let earlySync6 = schedule.takeSync(at: 1999)
        #expect(!earlySync6)
        #expect(schedule.sleep(at: 1000) == 400)
    }

    @Test func withoutSynchronisationThereIsNone() {
        var schedule = FlushSchedule(flushInterval: 50, syncInterval: nil, start: 0)

        let earlySync7 = schedule.takeSync(at: .max)
        #expect(!earlySync7)
    }
}
