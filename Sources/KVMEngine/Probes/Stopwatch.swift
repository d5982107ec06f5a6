internal import Engine
internal import Glibc

/// Measures times on a host.
enum Stopwatch {
    /// Nanoseconds of the host's monotonic clock.
    static var now: UInt64 { read(CLOCK_MONOTONIC) }

    /// Nanoseconds for which the calling thread had a processor, including its guests.
    static var processorTime: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure that it is given.
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The median of `count` timings, in nanoseconds.
    static func median<Failure: Error>(of count: Int, _ body: () throws(Failure) -> Void) throws(Failure) -> UInt64 {
        var times: [UInt64] = []
        times.reserveCapacity(count)
        for _ in 0..<count {
            let start = now
            try body()
            times.append(now - start)
        }
        times.sort()
        return times[count / 2]
    }
}
