internal import Machine

/// The links of a guest, and whether there is news on that of its network card.
struct GuestNetwork {
    /// The links from which a unikernel may wait for packets.
    private let polled: [any HostLink]
    /// The link of a PC's network card.
    private let link: (any HostLink)?
    private let watch: LinkWatch?

    init(_ setup: RunSetup) {
        polled = Array(setup.unikernel.links.values)
        link = setup.network?.link
        watch = link.map { LinkWatch($0) }
    }

    /// Whether the other end of a link has gone away.
    var isClosed: Bool { link?.isClosed ?? false || polled.contains(where: \.isClosed) }

    /// The descriptors that become readable when a packet comes for a unikernel.
    var descriptors: [Int32] { polled.compactMap(\.descriptor) }

    /// Whether a packet may have come for the network card, or its peer has hung up. It is cheap enough to check at every
    /// exit.
    @inline(__always)
    var hasNews: Bool { watch?.hasNews ?? false }

    /// Begins to look for packets. From now on, `wake` is called when there is news.
    func start(_ wake: @escaping @Sendable () -> Void) { watch?.start(wake) }

    /// All packets that had come were taken: looks for more.
    func watchAgain() { watch?.watchAgain() }

    /// Ends looking for packets.
    func cancel() { watch?.cancel() }
}
