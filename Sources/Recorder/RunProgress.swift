internal import Synchronization
public import SystemPackage

/// The progress of a run, for display by another thread.
public final class RunProgress: Sendable {
    private let count = Atomic<UInt64>(0)
    private let placeOfTrace = Mutex<FilePath?>(nil)

    /// Starts with no progress.
    public init() {}

    /// The number of events so far.
    public internal(set) var events: UInt64 {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }

    /// The name that the trace will get. It is nil until the trace is created, and nil if there is no trace.
    public internal(set) var place: FilePath? {
        get { placeOfTrace.withLock { $0 } }
        set { placeOfTrace.withLock { $0 = newValue } }
    }
}
