internal import Synchronization

/// What is typed on the guest's console: bytes that wait until the guest has room for them. Used from any thread.
public final class ConsoleInput: Sendable {
    private struct Waiting {
        var bytes: [UInt8] = []
        /// How many of them the guest has taken.
        var taken = 0
        var wake: (@Sendable () -> Void)?
    }

    private let waiting = Mutex(Waiting())
    private let isFilled = Atomic(false)

    /// Nothing typed yet.
    public init() {}

    /// What waits here, for a run of its own.
    public func copy() -> ConsoleInput {
        let copy = ConsoleInput()
        copy.send(waiting.withLock { $0.bytes[$0.taken...] })
        return copy
    }

    /// Types bytes, and wakes a guest that waits for them.
    public func send(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        let wake = waiting.withLock { waiting in
            waiting.bytes += bytes
            return waiting.wake
        }
        isFilled.store(true, ordering: .releasing)
        wake?()
    }

    /// Whether bytes wait: cheap enough to ask at every exit.
    var hasBytes: Bool { isFilled.load(ordering: .acquiring) }

    /// Says what wakes the guest, or that it runs no longer.
    func attach(_ wake: (@Sendable () -> Void)?) {
        waiting.withLock { $0.wake = wake }
    }

    /// The next bytes, at most `count`.
    func take(_ count: Int) -> [UInt8] {
        waiting.withLock { waiting in
            let end = min(waiting.taken + count, waiting.bytes.count)
            let bytes = Array(waiting.bytes[waiting.taken..<end])
            waiting.taken = end
            if end == waiting.bytes.count {
                waiting.bytes = []
                waiting.taken = 0
                isFilled.store(false, ordering: .releasing)
            }
            return bytes
        }
    }
}
