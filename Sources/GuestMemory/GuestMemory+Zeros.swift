public import X86

extension GuestMemory {
    /// A range of adjacent bytes.
    public struct Stretch: Hashable, Sendable {
        /// Where the first one is.
        public var address: GuestPhysicalAddress
        /// How many there are.
        public var size: UInt64

        /// Makes a stretch of its parts.
        public init(address: GuestPhysicalAddress, size: UInt64) {
            self.address = address
            self.size = size
        }
    }

    /// Sets every byte of a stretch to zero. Pages that are zero already stay untouched.
    public func clear(_ stretch: Stretch) throws(MemoryError) {
        let end = stretch.address.rawValue + stretch.size
        var start = stretch.address.rawValue
        while start < end {
            let next = min(end, (start / UInt64(Self.pageSize) + 1) * UInt64(Self.pageSize))
            let address = GuestPhysicalAddress(start)
            let bytes = try read(at: address, count: Int(next - start))
            if bytes.contains(where: { $0 != 0 }) { try write([UInt8](repeating: 0, count: bytes.count), at: address) }
            start = next
        }
    }
}
