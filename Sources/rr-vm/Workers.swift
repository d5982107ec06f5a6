import CHostIO
import Dispatch
import Synchronization

/// Does pieces of work at the same time, as many as there are processors.
///
/// It does not use Dispatch's shared queues: Dispatch watches their threads through files in /proc, and ends the
/// process if it may not open them. A confined process may not.
enum Workers {
    /// Does `body` for each number below `count`, and waits until all is done.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let next = Counter()
        let group = DispatchGroup()
        for _ in 0..<min(count, Int(chostio_processor_count())) {
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
