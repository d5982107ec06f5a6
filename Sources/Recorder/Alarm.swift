internal import Devices
internal import Dispatch
internal import Engine
internal import Synchronization

/// Kicks a processor at a time on the host's clock, from a thread of its own.
///
/// Setting it costs an atomic exchange, so that it can be set at every exit; the thread wakes only for times that have not
/// been put off meanwhile.
final class Alarm: Sendable {
    private static let never = UInt64.max

    private let clock: HostClock
    private let kicker: ProcessorKicker
    /// When to kick, in nanoseconds of the clock.
    private let due = Atomic<UInt64>(never)
    /// What the thread sleeps until.
    private let wakesAt = Atomic<UInt64>(never)
    private let isDone = Atomic(false)
    private let wake = DispatchSemaphore(value: 0)

    /// Starts the thread; ``cancel()`` ends it.
    init(clock: HostClock, kicker: ProcessorKicker) {
        self.clock = clock
        self.kicker = kicker
        DispatchQueue(label: "alarm", qos: .userInteractive).async { self.watch() }
    }

    /// Kicks at `time` instead of any earlier setting; nil for not at all.
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
            // A setting that came between the load above and this store did not see it: look again before sleeping.
            guard due.load(ordering: .sequentiallyConsistent) >= target else { continue }
            _ = wake.wait(
                timeout: target == Self.never ? .distantFuture : .now() + .nanoseconds(Int(clamping: target - now))
            )
        }
    }
}
