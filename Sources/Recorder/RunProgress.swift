internal import Synchronization

/// How far a run has come, for whoever shows it from another thread.
public final class RunProgress: Sendable {
    private let count = Atomic<UInt64>(0)

    /// Nothing done yet.
    public init() {}

    /// Events so far.
    public internal(set) var events: UInt64 {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }
}
