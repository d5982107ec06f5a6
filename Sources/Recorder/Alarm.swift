internal import Devices
internal import Dispatch
internal import Engine
internal import Synchronization

/// Kicks a processor at a given time on the host's clock. A dedicated thread does this.
///
/// Setting the alarm costs one atomic exchange, so it is cheap enough to do at every exit. The thread wakes only for
/// times that have not been postponed in the meantime.
final class Alarm: Sendable {
    private static let never = UInt64.max

    private let clock: HostClock
    private let kicker: ProcessorKicker
    /// When to kick, in nanoseconds of the clock.
    private let due = Atomic<UInt64>(never)
    /// The time until which the thread sleeps.
    private let wakesAt = Atomic<UInt64>(never)
    private let isDone = Atomic(false)
    private let wake = DispatchSemaphore(value: 0)

    /// Starts the thread; ``cancel()`` ends it.
    init(clock: HostClock, kicker: ProcessorKicker) {
        self.clock = clock
        self.kicker = kicker
        DispatchQueue(label: "alarm", qos: .userInteractive).async { self.watch() }
    }

    /// Kicks at `time` and drops any earlier setting. If `time` is nil, the alarm does not kick.
    func set(_ time: MachineTime?) {
        let target = time?.nanoseconds ?? Self.never
        due.store(target, ordering: .sequentiallyConsistent)
        if target < wakesAt.load(ordering: .sequentiallyConsistent) { wake.signal() }
    }

    /// Ends the thread.
    func cancel() {
        isDone.store(true, ordering: .sequentiallyConsistent)
        wake.signal()
    }

    private func watch() {
        while !isDone.load(ordering: .sequentiallyConsistent) {
            let target = due.load(ordering: .sequentiallyConsistent)
            let now = clock.now.nanoseconds
            if target <= now {
                let (isStillDue, _) = due.compareExchange(
                    expected: target,
                    desired: Self.never,
                    ordering: .sequentiallyConsistent
                )
                if isStillDue { kicker.kick() }
                continue
            }
            wakesAt.store(target, ordering: .sequentiallyConsistent)
            // If `due` was set between the load above and this store, `set` did not see `wakesAt`. Check again before
            // sleeping.
            guard due.load(ordering: .sequentiallyConsistent) >= target else { continue }
            _ = wake.wait(
                timeout: target == Self.never ? .distantFuture : .now() + .nanoseconds(Int(clamping: target - now))
            )
        }
    }
}
