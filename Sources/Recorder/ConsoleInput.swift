internal import Dispatch
internal import Synchronization

/// What is typed on the guest's console: bytes that wait until the guest has room for them. Used from any thread.
public final class ConsoleInput: Sendable {
    private struct Waiting {
        var bytes: [UInt8] = []
        /// How many of them the guest has taken.
        var taken = 0
        var wake: (@Sendable () -> Void)?
        /// A thread waits in ``feed(_:)`` until there is room.
        var isFeederWaiting = false

        var count: Int { bytes.count - taken }
    }

    /// How many bytes wait at most of a source that is only read as fast as the guest reads.
    static let capacity = 4096

    private let waiting = Mutex(Waiting())
    private let isFilled = Atomic(false)
    private let room = DispatchSemaphore(value: 0)

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
        put(bytes) { _ in true }
    }

    /// Types bytes of a source that may have no end: waits first until the guest has taken most of what was fed before. One
    /// thread at a time.
    public func feed(_ bytes: some Collection<UInt8>) {
        while !put(
            bytes,
            where: { waiting in
                waiting.isFeederWaiting = waiting.count >= Self.capacity
                return !waiting.isFeederWaiting
            }
        ) {
            room.wait()
        }
    }

    /// Types bytes, unless as many wait as a guest that reads none may be sent.
    public func offer(_ bytes: some Collection<UInt8>) {
        put(bytes) { $0.count < Self.capacity }
    }

    @discardableResult
    private func put(_ bytes: some Collection<UInt8>, where hasRoom: (inout Waiting) -> Bool) -> Bool {
        var wake: (@Sendable () -> Void)?
        let isPut = waiting.withLock { waiting in
            guard hasRoom(&waiting) else { return false }
            // What was taken is given up as soon as that moves few bytes for many.
            if waiting.taken >= max(Self.capacity, waiting.count) {
                waiting.bytes.removeFirst(waiting.taken)
                waiting.taken = 0
            }
            waiting.bytes += bytes
            wake = waiting.wake
            isFilled.store(true, ordering: .releasing)
            return true
        }
        if isPut { wake?() }
        return isPut
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
            let end = waiting.taken + min(count, waiting.count)
            let bytes = Array(waiting.bytes[waiting.taken..<end])
            waiting.taken = end
            if end == waiting.bytes.count {
                waiting.bytes = []
                waiting.taken = 0
                isFilled.store(false, ordering: .releasing)
            }
            if waiting.isFeederWaiting, waiting.count < Self.capacity {
                waiting.isFeederWaiting = false
                room.signal()
            }
            return bytes
        }
    }
}
