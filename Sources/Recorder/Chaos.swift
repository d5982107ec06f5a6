internal import ByteCoding
internal import Synchronization

/// Provokes rare failures. Within the limits of real hardware, it varies when interrupts arrive, how long reads take,
/// how much input arrives at once and how many requests a disk completes at once.
///
/// The seed and the number of calls determine everything it does. The trace records the effects as inputs, so a replay
/// needs neither.
struct Chaos {
    private var generator: SplitMix64

    /// How far the board's clock is ahead of the host's, in nanoseconds, because some reads took longer.
    private(set) var skew: UInt64 = 0

    /// One read in this many takes longer.
    private static let slowReads: UInt64 = 16
    /// The longest delay of one read, in nanoseconds.
    private static let longestRead: UInt64 = 100_000
    /// The largest number of requests that a disk serves at once, and its longest pause afterwards in nanoseconds.
    private static let largestBatch = 4
    private static let longestPause: UInt64 = 1_000_000

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// Whether to withhold an interrupt at an exit at which the guest could take it.
    mutating func letsExitPass() -> Bool {
        generator.next() & 1 == 0
    }

    /// How long to wait for an exit this time, in nanoseconds: between 0 and twice the usual time.
    mutating func patience(_ usual: UInt64) -> UInt64 {
        .random(in: 0...2 * usual, using: &generator)
    }

    /// How much of the available input to give to the guest at once. This is at least 1 if any is available.
    mutating func share(of most: Int) -> Int {
        most > 1 ? .random(in: 1...most, using: &generator) : most
    }

    /// How many requests a disk serves at once, and how many nanoseconds it then pauses.
    mutating func diskBatch() -> (count: Int, pause: UInt64) {
        (.random(in: 0...Self.largestBatch, using: &generator), .random(in: 0...Self.longestPause, using: &generator))
    }

    /// Delays a read if the seed says so.
    mutating func delayRead() {
        guard generator.next() % Self.slowReads == 0 else { return }
        skew += .random(in: 0...Self.longestRead, using: &generator)
    }
}

/// The chaos for a board's disks, which the board itself consults. Its random numbers are independent of the
/// schedule's.
final class DiskChaos: Sendable {
    private let chaos: Mutex<Chaos>

    init(seed: UInt64) { chaos = Mutex(Chaos(seed: ~seed)) }

    func batch() -> (count: Int, pause: UInt64) { chaos.withLock { $0.diskBatch() } }
}
