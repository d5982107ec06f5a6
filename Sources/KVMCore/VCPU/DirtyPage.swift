/// A page that the guest has written to.
public struct DirtyPage: Hashable, Sendable {
    /// The slot it is in.
    public var slot: MemorySlot
    /// Its number within the slot.
    public var page: UInt64

    /// Makes a page of its parts.
    public init(slot: MemorySlot, page: UInt64) {
        self.slot = slot
        self.page = page
    }
}
