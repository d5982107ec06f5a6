internal import Synchronization
public import SystemPackage

/// How far a run has come, for whoever shows it from another thread.
public final class RunProgress: Sendable {
    private let count = Atomic<UInt64>(0)
    private let placeOfTrace = Mutex<FilePath?>(nil)

    /// Nothing done yet.
    public init() {}

    /// Events so far.
    public internal(set) var events: UInt64 {
        get { count.load(ordering: .relaxed) }
        set { count.store(newValue, ordering: .relaxed) }
    }

    /// The name that the trace is to get; nil before it is made, and where there is none.
    public internal(set) var place: FilePath? {
        get { placeOfTrace.withLock { $0 } }
        set { placeOfTrace.withLock { $0 = newValue } }
    }
}
