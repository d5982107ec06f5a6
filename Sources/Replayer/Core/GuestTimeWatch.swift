internal import Dispatch
internal import Engine
internal import Glibc
internal import Synchronization

/// Stops a guest that takes too long to come to its next exit or moment: one that has gone another way than the recorded one
/// may never come there. No longer does once it is released.
///
/// What counts is the time that the thread spends which runs the guest, and not what the rest of a busy host makes it wait.
/// A new stretch costs three stores: the time is looked at by a timer.
final class GuestTimeWatch: @unchecked Sendable {
    private static let ticksPerSecond = 8

    private let stretch = Atomic<UInt64>(0)
    private let limit = Atomic<UInt64>(.max)
    private let clock = Atomic<Int32>(0)
    private let expired = Atomic<UInt64>(.max)
    // Not Sendable, and used by init and deinit only.
    private let timer: any DispatchSourceTimer

    /// A stretch that was under way at a tick, and the thread's milliseconds then.
    private struct Sighting {
        var stretch = UInt64.max
        var start: UInt64 = 0
    }
    private let sighting = Mutex(Sighting())

    /// Watches a processor, from the first stretch on.
    init(_ kicker: ProcessorKicker) {
        // A queue of its own gets a thread when guests that run keep all shared ones busy.
        let queue = DispatchQueue(label: "guest time watch", qos: .userInteractive)
        timer = DispatchSource.makeTimerSource(queue: queue)
        let interval = DispatchTimeInterval.milliseconds(1000 / Self.ticksPerSecond)
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.setEventHandler { [weak self] in self?.tick(kicker) }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Whether the present stretch has had its time.
    var hasExpired: Bool { expired.load(ordering: .acquiring) == stretch.load(ordering: .relaxed) }

    /// The milliseconds of the present stretch.
    var milliseconds: UInt64 { limit.load(ordering: .relaxed) }

    /// Begins a stretch, which the calling thread runs.
    func begin(milliseconds: UInt64) {
        limit.store(milliseconds, ordering: .relaxed)
        clock.store(Self.ownClock, ordering: .relaxed)
        stretch.wrappingAdd(1, ordering: .releasing)
    }

    private func tick(_ kicker: ProcessorKicker) {
        let present = stretch.load(ordering: .acquiring)
        // None is under way on the clock of a thread that is gone.
        guard present > 0, let now = Self.milliseconds(on: clock.load(ordering: .relaxed)) else { return }
        let isOver = sighting.withLock { sighting in
            if sighting.stretch != present { sighting = Sighting(stretch: present, start: now) }
            return now - min(now, sighting.start) > limit.load(ordering: .relaxed)
        }
        guard isOver else { return }
        expired.store(present, ordering: .releasing)
        kicker.kick()
    }

    private static var ownClock: clockid_t {
        var clock = clockid_t()
        // SAFETY: the call fills the identifier it is given; the calling thread exists.
        unsafe pthread_getcpuclockid(pthread_self(), &clock)
        return clock
    }

    private static func milliseconds(on clock: clockid_t) -> UInt64? {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure it is given.
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
