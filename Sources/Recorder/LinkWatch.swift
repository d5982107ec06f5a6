internal import Dispatch
internal import Synchronization

/// Tells a run that packets have come on a link. A thread of its own waits for the link's descriptor.
///
/// It takes no packets. They stay where they are, with the host or the peer, until the guest has room for them; so a guest
/// that is flooded makes its peer wait, and costs no memory.
final class LinkWatch: Sendable {
    private let link: any HostLink
    private let news = Atomic(false)
    private let isDone = Atomic(false)
    private let ending = WakeDescriptor()
    private let taken = DispatchSemaphore(value: 0)

    init(_ link: any HostLink) { self.link = link }

    /// Whether a packet may have come since ``watchAgain()``, or the peer has hung up.
    var hasNews: Bool { news.load(ordering: .acquiring) }

    /// Starts the thread; ``cancel()`` ends it. A link without a descriptor announces its packets, and needs none.
    func start(_ wake: @escaping @Sendable () -> Void) {
        guard link.descriptor != nil else { return }
        DispatchQueue(label: "link", qos: .userInteractive).async { self.watch(wake) }
    }

    /// All packets that had come were taken.
    func watchAgain() {
        news.store(false, ordering: .releasing)
        taken.signal()
    }

    /// Ends the thread.
    func cancel() {
        isDone.store(true, ordering: .releasing)
        ending.post()
        taken.signal()
    }

    private func watch(_ wake: @Sendable () -> Void) {
        // A link that has closed has no descriptor any more: that was its last news.
        while !isDone.load(ordering: .acquiring), let descriptor = link.descriptor {
            ending.wait(nanoseconds: nil, descriptors: [descriptor])
            guard !isDone.load(ordering: .acquiring) else { return }
            news.store(true, ordering: .releasing)
            wake()
            taken.wait()
        }
    }
}
