/// Memory that a debugger watches.
public struct WatchedPlace: Hashable, Sendable {
    /// Where the bytes are.
    public var memory: WatchedMemory
    /// Whether reading stops the guest too. An engine that cannot tell reads from writes then stops it at both.
    public var includesReads: Bool

    /// Makes a place of its parts.
    public init(_ memory: WatchedMemory, includesReads: Bool) {
        (self.memory, self.includesReads) = (memory, includesReads)
    }
}
