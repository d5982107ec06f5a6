/// Chooses which of two engines executes the next epoch that ends between two exits: the one whose epochs have cost less.
///
/// A guest may begin to do something else, so the dearer engine is tried again now and then, so rarely that this costs an
/// eighth of the rest at most.
struct LandingChoice {
    /// One of the two.
    enum Engine { case main, lander }

    /// The share of all cost that goes into trying the dearer engine, as its reciprocal.
    private static let trialShare: UInt64 = 8
    private static let longestWait: UInt64 = 4096
    /// What a look at a stopped guest costs on a host, in nanoseconds, roughly: 3,000 to 25,000 were seen.
    private static let lookCost: UInt64 = 10_000
    private static let fewestLooks: UInt64 = 64

    private var main: UInt64?
    private var lander: UInt64?
    /// How many epochs the cheaper engine executes before the other is tried.
    private var wait: UInt64 = 0

    /// The engine for the next epoch. Each is tried once first.
    mutating func next() -> Engine {
        guard let lander else { return .lander }
        guard let main else { return .main }
        let isMainCheaper = main < lander
        guard wait > 0 else { return isMainCheaper ? .lander : .main }
        wait -= 1
        return isMainCheaper ? .main : .lander
    }

    /// How often the main engine may look for the end of an epoch until the other engine would have been cheaper.
    var mostLooks: Int { Int(clamping: max(Self.fewestLooks, 2 * (lander ?? 0) / Self.lookCost)) }

    /// Notes what an epoch has cost.
    ///
    /// - Parameter isProved: whether the engine got to the epoch's end. If not, it would have cost more.
    mutating func note(_ nanoseconds: UInt64, of engine: Engine, isProved: Bool) {
        switch engine {
        case .main: main = isProved ? Self.mean(main, nanoseconds) : max(nanoseconds, 2 * (lander ?? 0))
        case .lander: lander = Self.mean(lander, nanoseconds)
        }
        guard let main, let lander else { return }
        guard wait == 0 || (engine == .main) == (main >= lander) else { return }
        let (cheap, dear) = (max(min(main, lander), 1), max(main, lander))
        wait = min(Self.trialShare * dear / cheap, Self.longestWait)
    }

    /// The mean of what was seen before and now; later epochs count more.
    private static func mean(_ before: UInt64?, _ now: UInt64) -> UInt64 { before.map { ($0 + now) / 2 } ?? now }
}
