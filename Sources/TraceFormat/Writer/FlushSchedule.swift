/// When a writer's thread must write what is waiting, and when it must force it to disk. Times are nanoseconds of one
/// clock.
struct FlushSchedule {
    private let flushInterval: UInt64
    /// Nil if nothing is forced to disk at intervals.
    private let syncInterval: UInt64?
    private var lastFlush: UInt64
    private var lastSync: UInt64

    init(flushInterval: UInt64, syncInterval: UInt64?, start: UInt64) {
        self.flushInterval = flushInterval
        self.syncInterval = syncInterval
        lastFlush = start
        lastSync = start
    }

    /// Whether to write what is waiting now. If so, the next interval begins.
    mutating func takeFlush(at now: UInt64) -> Bool {
        guard now - lastFlush >= flushInterval else { return false }
        lastFlush = now
        return true
    }

    /// Whether to force what was written to disk now. If so, the next interval begins.
    mutating func takeSync(at now: UInt64) -> Bool {
        guard let syncInterval, now - lastSync >= syncInterval else { return false }
        lastSync = now
        return true
    }

    /// How long the thread may sleep. If it was woken in the middle of an interval, it sleeps only for the rest:
    /// otherwise, what came just after the last flush would wait for almost two intervals.
    func sleep(at now: UInt64) -> UInt64 {
        let flush = Self.remainder(of: flushInterval, since: lastFlush, at: now)
        guard let syncInterval else { return flush }
        return min(flush, Self.remainder(of: syncInterval, since: lastSync, at: now))
    }

    private static func remainder(of interval: UInt64, since last: UInt64, at now: UInt64) -> UInt64 {
        interval - min(interval, now - last)
    }
}
