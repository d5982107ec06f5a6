internal import Synchronization

/// Whether someone wants a processor to stop. Any thread can set it, and the processor checks it between stretches of a
/// run.
final class KickFlag: Sendable {
    private let isSet = Atomic(false)

    func set() { isSet.store(true, ordering: .releasing) }

    /// Clears the flag, and returns whether it was set.
    func take() -> Bool {
        guard isSet.load(ordering: .relaxed) else { return false }
        return isSet.exchange(false, ordering: .acquiring)
    }
}
