internal import Synchronization

/// Whether somebody wants a processor to stop: set by any thread, looked at between stretches of a run.
final class KickFlag: Sendable {
    private let isSet = Atomic(false)

    func set() { isSet.store(true, ordering: .releasing) }

    /// Whether it is set; it is no longer then.
    func take() -> Bool {
        guard isSet.load(ordering: .relaxed) else { return false }
        return isSet.exchange(false, ordering: .acquiring)
    }
}
