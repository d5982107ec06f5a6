/// When a writer's thread has to write what waits, and when to bring it to the disk. Times are nanoseconds of one clock.
struct FlushSchedule {
    private let flushInterval: UInt64
    /// Nil where nothing is brought to the disk by time.
    private let syncInterval: UInt64?
    private var lastFlush: UInt64
    private var lastSync: UInt64

    init(flushInterval: UInt64, syncInterval: UInt64?, start: UInt64) {
        self.flushInterval = flushInterval
        self.syncInterval = syncInterval
        lastFlush = start
        lastSync = start
    }

    /// Whether what waits is to be written now; the next time is counted from here then.
    mutating func takeFlush(at now: UInt64) -> Bool {
        guard now - lastFlush >= flushInterval else { return false }
        lastFlush = now
        return true
    }

    /// Whether what was written is to be brought to the disk now; the next time is counted from here then.
    mutating func takeSync(at now: UInt64) -> Bool {
        guard let syncInterval, now - lastSync >= syncInterval else { return false }
        lastSync = now
        return true
    }

    /// How long the thread may sleep. Not a whole interval where it was woken in the midst of one: what came just after the
    /// last flush would wait for almost two.
    func sleep(at now: UInt64) -> UInt64 {
        let flush = Self.remainder(of: flushInterval, since: lastFlush, at: now)
        guard let syncInterval else { return flush }
        return min(flush, Self.remainder(of: syncInterval, since: lastSync, at: now))
    }

    private static func remainder(of interval: UInt64, since last: UInt64, at now: UInt64) -> UInt64 {
        interval - min(interval, now - last)
    }
}
