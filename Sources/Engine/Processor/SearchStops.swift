/// Where a search has to look at the guest, besides breakpoints and watched memory.
public struct SearchStops: Hashable, Sendable {
    /// Values of RIP, in front of whose instructions the guest stops in whatever code segment.
    public var offsets: Set<UInt64>
    /// Whether it stops behind instructions after which linear addresses are translated by other tables, or by none.
    public var atTableSwitches: Bool

    /// Makes stops; none if nothing is given.
    public init(offsets: Set<UInt64> = [], atTableSwitches: Bool = false) {
        (self.offsets, self.atTableSwitches) = (offsets, atTableSwitches)
    }
}
