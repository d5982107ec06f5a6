/// An access to watched memory.
public struct WatchHit: Hashable, Sendable {
    /// The first watched byte that was accessed.
    public var address: GuestPhysicalAddress
    /// How many watched bytes from there on the instruction has accessed. Those of a second page are left out.
    public var count: Int
    /// Linear address of the instruction; nil if the delivery of an interrupt or exception has made
    /// the access.
    public var instruction: GuestVirtualAddress?

    /// Makes one of its parts.
    public init(address: GuestPhysicalAddress, count: Int, instruction: GuestVirtualAddress?) {
        (self.address, self.count, self.instruction) = (address, count, instruction)
    }
}
