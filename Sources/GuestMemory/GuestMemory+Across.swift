public import X86

/// Accesses that may cross from one region into the next, as a guest's own accesses may.
extension GuestMemory {
    /// The kinds of access to check for.
    public enum Access: Hashable, Sendable {
        /// To memory of any kind.
        case read
        /// To memory that the guest can write.
        case write
    }

    /// Whether memory holds all of `count` bytes at an address and allows the access. True if `count` is 0.
    public func isPresent(_ address: GuestPhysicalAddress, count: UInt64, for access: Access) -> Bool {
        var (next, left) = (address.rawValue, count)
        while left > 0 {
            guard
                let region = regions.first(where: {
                    next >= $0.address.rawValue && next - $0.address.rawValue < $0.size
                }),
                access == .read || !region.isReadOnly
            else { return false }
            let part = min(left, region.size - (next - region.address.rawValue))
            left -= part
            // The last region may end at the end of the address space.
            guard left == 0 || next <= UInt64.max - part else { return false }
            next &+= part
        }
        return true
    }

    /// Copies `count` bytes out.
    ///
    /// - Throws: `.outside`, before any memory is allocated for the bytes.
    public func readAcross(_ address: GuestPhysicalAddress, count: UInt64) throws(MemoryError) -> [UInt8] {
        guard isPresent(address, count: count, for: .read) else {
            throw .outside(address, bytes: Int(clamping: count))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(count))
        var next = address.rawValue
        while bytes.count < Int(count) {
            let part = try part(at: next, limit: Int(count) - bytes.count)
            bytes += try read(at: GuestPhysicalAddress(next), count: part)
            next &+= UInt64(part)
        }
        return bytes
    }

    /// Copies bytes in, into memory that the guest can write.
    ///
    /// - Throws: `.outside`; then nothing has been written.
    public func writeAcross(_ bytes: [UInt8], at address: GuestPhysicalAddress) throws(MemoryError) {
        guard isPresent(address, count: UInt64(bytes.count), for: .write) else {
            throw .outside(address, bytes: bytes.count)
        }
        var (next, done) = (address.rawValue, 0)
        while done < bytes.count {
            let part = try part(at: next, limit: bytes.count - done)
            try write(Array(bytes[done..<done + part]), at: GuestPhysicalAddress(next))
            next &+= UInt64(part)
            done += part
        }
    }

    /// How many bytes from an address on are in one region, at most `limit`.
    private func part(at address: UInt64, limit: Int) throws(MemoryError) -> Int {
        guard let index = regionIndex(of: GuestPhysicalAddress(address), count: 1) else {
            throw .outside(GuestPhysicalAddress(address), bytes: limit)
        }
        return Int(min(UInt64(limit), regions[index].size - (address - regions[index].address.rawValue)))
    }
}
