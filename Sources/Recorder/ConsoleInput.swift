internal import Dispatch
internal import Synchronization

/// Input for the guest's console. The bytes wait here until the guest has room for them. It can be used from any
/// thread.
public final class ConsoleInput: Sendable {
    private struct Waiting {
        var bytes: [UInt8] = []
        /// How many of the waiting bytes the guest has taken.
        var taken = 0
        var wake: (@Sendable () -> Void)?
        /// A thread waits in ``feed(_:)`` until there is room.
        var isFeederWaiting = false

        var count: Int { bytes.count - taken }
    }

    /// How many bytes may wait if their source is read only as fast as the guest reads.
    static let capacity = 4096

    private let waiting = Mutex(Waiting())
    private let isFilled = Atomic(false)
    private let room = DispatchSemaphore(value: 0)

    /// Creates an empty input.
    public init() {}

    /// A copy of the bytes that wait here, for a separate run.
    public func copy() -> ConsoleInput {
        let copy = ConsoleInput()
        copy.send(waiting.withLock { $0.bytes[$0.taken...] })
        return copy
    }

    /// Types bytes, and wakes the guest if it waits for them.
    public func send(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        put(bytes) { _ in true }
    }

    /// Types bytes from a source that may never end. It first waits until the guest has taken most of the earlier
    /// bytes. Only one thread may call it at a time.
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

    /// Types bytes, but drops them if `capacity` bytes or more already wait because the guest does not read.
    public func offer(_ bytes: some Collection<UInt8>) {
        put(bytes) { $0.count < Self.capacity }
    }

    @discardableResult
    private func put(_ bytes: some Collection<UInt8>, where hasRoom: (inout Waiting) -> Bool) -> Bool {
        var wake: (@Sendable () -> Void)?
        let isPut = waiting.withLock { waiting in
            guard hasRoom(&waiting) else { return false }
            // Remove the taken bytes once there are enough of them to make moving the rest cheap.
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

    /// Whether bytes wait. It is cheap enough to check at every exit.
    var hasBytes: Bool { isFilled.load(ordering: .acquiring) }

    /// Sets the closure that wakes the guest, or nil once the guest no longer runs.
    func attach(_ wake: (@Sendable () -> Void)?) {
        waiting.withLock { $0.wake = wake }
    }

    /// Takes the next bytes, at most `count` of them.
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
