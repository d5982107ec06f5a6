public import GuestMemory

/// What a unikernel's machine consists of, besides the contents of memory.
public struct Unikernel: Hashable, Sendable {
    /// Guest-physical memory. What the program cannot write is read-only memory.
    public var regions: [GuestMemory.Region]
    /// The devices by their handles, which are indices into the manifest; nil where an entry is for no device.
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
