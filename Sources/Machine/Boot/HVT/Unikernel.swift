public import GuestMemory

/// What a unikernel's machine is made of, beside what stands in memory.
public struct Unikernel: Hashable, Sendable {
    /// Guest-physical memory: what the program cannot write is memory that can only be read.
    public var regions: [GuestMemory.Region]
    /// The devices by their handles, which are places in the manifest; nil where a place is for none.
    public var devices: [UnikernelDevice?]
    /// One past the last byte of the program.
    public var end: UInt64

    /// Makes a machine's description of its parts.
    public init(regions: [GuestMemory.Region], devices: [UnikernelDevice?], end: UInt64) {
        self.regions = regions
        self.devices = devices
        self.end = end
    }
}
