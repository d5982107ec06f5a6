public import Synchronization

/// Counts how often a guest was let run, so that another thread sees whether it still makes any exits. Only the thread that
/// runs the guest counts.
public final class ExitMeter: Sendable {
    @usableFromInline let value = Atomic<UInt64>(0)

    /// Starts at 0.
    public init() {}

    /// The count so far.
    @inlinable public var count: UInt64 { value.load(ordering: .acquiring) }

    /// Counts one more. It costs two moves, because nobody else writes.
    @inlinable public func advance() {
        value.store(value.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }
}
