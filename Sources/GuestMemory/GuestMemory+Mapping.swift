public import X86

extension GuestMemory {
    /// A region with its place in host memory, through which a processor in software reads and writes, and which is
    /// lent to a virtual machine.
    @safe
    public struct Mapping {
        /// The region.
        public var region: Region
        /// The address of its first byte in host memory.
        public var host: UnsafeMutableRawPointer

        /// Makes a mapping of its parts; `host` must stay valid for the region's size.
        public init(_ region: Region, host: UnsafeMutableRawPointer) {
            self.region = region
            unsafe self.host = host
        }
    }
}

extension GuestMemory.Region {
    /// Whether all of `count` bytes at an address are in this region.
    public func contains(_ address: GuestPhysicalAddress, count: Int) -> Bool {
        count >= 0 && address >= self.address && UInt64(count) <= size
            && address.rawValue - self.address.rawValue <= size - UInt64(count)
    }
}
