internal import Dispatch
internal import Engine
internal import Glibc
internal import Synchronization

/// Kicks a processor that takes too long to come to a moment; it no longer does once it is gone.
///
/// What counts is the time that the thread spends which made the watch, and not what the rest of a busy host makes it wait.
struct LandingWatch: ~Copyable {
    /// Gets a thread of its own when a landing takes too long: guests that run can keep all shared ones busy.
    private static let queue = DispatchQueue(label: "landing watch", qos: .userInteractive)

    private let watched: Watched

    /// Starts the time, in seconds of this thread's.
    init(_ kicker: ProcessorKicker, seconds: Double) {
        watched = Watched(kicker, nanoseconds: Int64(seconds * 1e9))
        Self.schedule(watched, after: watched.nanosecondsLeft)
    }

    /// Whether the time is over.
    var hasExpired: Bool { watched.hasExpired.load(ordering: .acquiring) }

    deinit { watched.isDone.store(true, ordering: .releasing) }

    private static func schedule(_ watched: Watched, after nanoseconds: Int64) {
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) {
            guard !watched.isDone.load(ordering: .acquiring) else { return }
            let left = watched.nanosecondsLeft
            guard left <= 0 else { return schedule(watched, after: left) }
            watched.hasExpired.store(true, ordering: .releasing)
            watched.kicker.kick()
        }
    }
}

/// A thread and the processor that it runs.
private final class Watched: Sendable {
    let kicker: ProcessorKicker
    let hasExpired = Atomic(false)
    let isDone = Atomic(false)
    private let clock: clockid_t
    private let end: Int64

    init(_ kicker: ProcessorKicker, nanoseconds: Int64) {
        self.kicker = kicker
        var clock = clockid_t()
        // SAFETY: the call fills the identifier it is given; the calling thread exists.
        unsafe pthread_getcpuclockid(pthread_self(), &clock)
        self.clock = clock
        end = Self.time(of: clock) + nanoseconds
    }

    /// Nanoseconds that the thread may still spend.
    var nanosecondsLeft: Int64 { end - Self.time(of: clock) }

    /// Nanoseconds on a clock; 0 on that of a thread that is gone, which no longer has anything to be kicked out of.
    private static func time(of clock: clockid_t) -> Int64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure it is given.
        guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
