/// Guest-physical memory whose accesses end a run.
public struct MemoryWatch: Hashable, Sendable {
    /// The first byte.
    public var address: GuestPhysicalAddress
    /// Bytes, at least 1.
    public var count: Int
    /// Reads end a run too. The fetch of code, walks of page tables and the processor's own look into descriptor tables are
    /// no reads.
    public var includesReads: Bool

    /// Watches writes, or reads and writes.
    public init(address: GuestPhysicalAddress, count: Int, includesReads: Bool = false) {
        self.address = address
        self.count = count
        self.includesReads = includesReads
    }
}
