internal import Synchronization

/// Varies, within what hardware allows, when interrupts arrive, how long reads take and how much input or how many answers of
/// a disk come at once, to bring rare failures out.
///
/// Everything follows from the seed and from how often it is asked; what it did is in the trace as inputs, so a replay needs
/// neither.
struct Chaos {
    private var generator: SplitMix64

    /// Nanoseconds by which the board's clock is ahead of the host's, because reads took longer.
    private(set) var skew: UInt64 = 0

    /// How often a read takes longer: one in this many.
    private static let slowReads: UInt64 = 16
    /// The longest that one read takes longer, in nanoseconds.
    private static let longestRead: UInt64 = 100_000
    /// The most requests that a disk serves at once, and the longest that it pauses then, in nanoseconds.
    private static let largestBatch = 4
    private static let longestPause: UInt64 = 1_000_000

    init(seed: UInt64) {
        generator = SplitMix64(state: seed)
    }

    /// Whether an exit at which the guest could take an interrupt goes by without it.
    mutating func letsExitPass() -> Bool {
        generator.next() & 1 == 0
    }

    /// How long to wait for an exit this time, in nanoseconds: from nothing to twice as long as usual.
    mutating func patience(_ usual: UInt64) -> UInt64 {
        .random(in: 0...2 * usual, using: &generator)
    }

    /// How much of what could be given to the guest at once is: from 1 on.
    mutating func share(of most: Int) -> Int {
        most > 1 ? .random(in: 1...most, using: &generator) : most
    }

    /// How many requests a disk serves at once, and how many nanoseconds pass before it goes on.
    mutating func diskBatch() -> (count: Int, pause: UInt64) {
        (.random(in: 0...Self.largestBatch, using: &generator), .random(in: 0...Self.longestPause, using: &generator))
    }

    /// One read takes as long as it takes.
    mutating func delayRead() {
        guard generator.next() % Self.slowReads == 0 else { return }
        skew += .random(in: 0...Self.longestRead, using: &generator)
    }
}

/// The chaos of a board's disks, which is asked from within the board. Its numbers are not those of the schedule.
final class DiskChaos: Sendable {
    private let chaos: Mutex<Chaos>

    init(seed: UInt64) { chaos = Mutex(Chaos(seed: ~seed)) }

    func batch() -> (count: Int, pause: UInt64) { chaos.withLock { $0.diskBatch() } }
}

/// Steele, Lea and Flood's SplitMix64: small, and well distributed from any seed.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
