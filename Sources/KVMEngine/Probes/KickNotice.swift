internal import Engine
internal import Synchronization

/// Remembers when a kick was sent.
final class KickNotice: Sendable {
    private let time = Atomic<UInt64>(0)

    /// Call this just before a kick is sent.
    func note() {
        time.store(Stopwatch.now, ordering: .releasing)
    }

    /// Nanoseconds since the kick was sent; nil if none was.
    var age: UInt64? {
        let sent = time.load(ordering: .acquiring)
        return sent == 0 ? nil : Stopwatch.now - sent
    }
}
