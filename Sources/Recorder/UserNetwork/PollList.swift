internal import CSlirp
internal import Glibc

/// The descriptors for which a user network waits.
struct PollList {
    private var entries: [pollfd] = []
    /// Whether the last wait has failed.
    private(set) var hasFailed = false

    private static let pairs: [(slirp: Int, poll: Int32)] = [
        (SLIRP_POLL_IN, POLLIN), (SLIRP_POLL_OUT, POLLOUT), (SLIRP_POLL_PRI, POLLPRI), (SLIRP_POLL_ERR, POLLERR),
        (SLIRP_POLL_HUP, POLLHUP),
    ].map { (Int($0.0), Int32($0.1)) }

    /// Begins anew, with the descriptor of the guest's socket.
    mutating func begin(_ descriptor: Int32, writes: Bool) {
        entries = [pollfd(fd: descriptor, events: Int16(POLLIN | (writes ? POLLOUT : 0)), revents: 0)]
    }

    /// Adds a descriptor, for which nobody waits if it is negative, with libslirp's events. Returns its index.
    mutating func add(_ descriptor: Int32, _ events: Int32) -> Int32 {
        let wanted = Self.pairs.reduce(0) { Int(events) & $1.slirp == 0 ? $0 : $0 | $1.poll }
        entries.append(pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: wanted), revents: 0))
        return Int32(entries.count - 1)
    }

    /// Waits; `UInt32.max` sets no limit.
    mutating func wait(milliseconds: UInt32) {
        let limit = Int32(clamping: milliseconds)
        // SAFETY: poll reads and fills only the entries that it is lent.
        let result = unsafe poll(&entries, nfds_t(entries.count), milliseconds == .max ? -1 : limit)
        hasFailed = result < 0
        // After a failure, the entries' results mean nothing.
        if hasFailed { for index in entries.indices { entries[index].revents = 0 } }
    }

    /// What has happened to a descriptor, as libslirp's events.
    func events(at index: Int32) -> Int32 {
        guard entries.indices.contains(Int(index)) else { return 0 }
        let found = Int32(entries[Int(index)].revents)
        return Self.pairs.reduce(0) { found & $1.poll == 0 ? $0 : $0 | Int32($1.slirp) }
    }
}
