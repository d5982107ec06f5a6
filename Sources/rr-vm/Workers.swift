import CHostIO
import Dispatch
import Synchronization

/// Does pieces of work at the same time, as many as there are processors.
///
/// It does not use Dispatch's shared queues: Dispatch watches their threads through files in /proc, and ends the
/// process if it may not open them. A confined process may not.
enum Workers {
    /// How many pieces are done at once at most.
    static var most: Int { max(Int(chostio_processor_count()), 1) }

    /// Does `body` for each number below `count`, and waits until all is done. The calling thread does a single piece itself.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard count > 1 else { return (0..<count).forEach(body) }
        let next = Counter()
        let group = DispatchGroup()
        for _ in 0..<min(count, most) {
            DispatchQueue(label: "worker").async(group: group) {
                while case let index = next.take(), index < count { body(index) }
            }
        }
        group.wait()
    }

    private final class Counter: Sendable {
        private let value = Atomic(0)

        func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
    }
}
