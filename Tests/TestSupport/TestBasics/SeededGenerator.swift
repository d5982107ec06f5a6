import ByteCoding

/// The same numbers in every run and on every machine, so that a failing test fails again.
public struct SeededGenerator: RandomNumberGenerator {
    private var numbers: SplitMix64

    /// Any seed will do.
    public init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// The next 64 bits.
    public mutating func next() -> UInt64 { numbers.next() }
}
