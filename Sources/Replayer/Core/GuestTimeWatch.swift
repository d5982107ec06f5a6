internal import Dispatch
internal import Engine
internal import Glibc
internal import Synchronization

/// Stops a guest that takes too long to reach its next exit or moment. A guest that has gone another way than the
/// recorded one may never get there. The watch ends when it is released.
///
/// It measures the processor time of the thread that runs the guest, so waiting on a busy host does not count. Starting
/// a new stretch costs three stores, because a timer checks the time, and one that is like the last only an advance of
/// the meter.
final class GuestTimeWatch: @unchecked Sendable {
    private static let ticksPerSecond = 8

    /// Advances with each stretch.
    let meter = ExitMeter()
    private let limit = Atomic<UInt64>(.max)
    private let clock = Atomic<Int32>(0)
    private let expired = Atomic<UInt64>(.max)
    // Not Sendable, but only init and deinit use it.
    private let timer: any DispatchSourceTimer

    /// A stretch that was under way at a tick, and the thread's time in milliseconds at that tick.
    private struct Sighting {
        var stretch = UInt64.max
        var start: UInt64 = 0
    }
    private let sighting = Mutex(Sighting())

    /// Watches a processor, starting with the first stretch.
    init(_ kicker: ProcessorKicker) {
        // A separate queue gets a thread even when running guests keep all shared threads busy.
        let queue = DispatchQueue(label: "guest time watch", qos: .userInteractive)
        timer = DispatchSource.makeTimerSource(queue: queue)
        let interval = DispatchTimeInterval.milliseconds(1000 / Self.ticksPerSecond)
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.setEventHandler { [weak self] in self?.tick(kicker) }
        timer.resume()
    }

    deinit { timer.cancel() }

    /// Whether the time of the present stretch is over.
    var hasExpired: Bool { expired.load(ordering: .acquiring) == meter.count }

    /// The limit of the present stretch in milliseconds.
    var milliseconds: UInt64 { limit.load(ordering: .relaxed) }

    /// Begins a stretch that the calling thread runs.
    func begin(milliseconds: UInt64) {
        limit.store(milliseconds, ordering: .relaxed)
        clock.store(Self.ownClock, ordering: .relaxed)
        meter.advance()
    }

    private func tick(_ kicker: ProcessorKicker) {
        let present = meter.count
        // If the thread of this clock is gone, no stretch is under way.
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
