internal import Dispatch
internal import Engine
internal import Synchronization

/// Kicks a processor that takes too long to come to a moment; it no longer does once it is gone.
struct LandingWatch: ~Copyable {
    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    /// Gets a thread of its own when a landing takes too long: guests that run can keep all shared ones busy.
    private static let queue = DispatchQueue(label: "landing watch", qos: .userInteractive)

    private let flag: Flag
    private let kick: DispatchWorkItem

    /// Starts the time.
    init(_ kicker: ProcessorKicker, seconds: Double) {
        let flag = Flag()
        kick = DispatchWorkItem {
            flag.isSet.store(true, ordering: .releasing)
            kicker.kick()
        }
        self.flag = flag
        Self.queue.asyncAfter(deadline: .now() + seconds, execute: kick)
    }

    /// Whether the time is over.
    var hasExpired: Bool { flag.isSet.load(ordering: .acquiring) }

    deinit { kick.cancel() }
}
