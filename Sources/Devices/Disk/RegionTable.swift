import X86

/// The regions of guest memory that a table of physical region descriptors lists, one after the other.
struct RegionTable {
    /// The most entries of a table, which has at most 64 KiB.
    private static let maximumEntries = 8192

    private var next: UInt32
    private var entriesLeft = Self.maximumEntries
    private var address: UInt64 = 0
    private var left = 0
    private var isLast = false

    init(at table: UInt32) { next = table }

    /// Whether the last region is used up.
    var isAtEnd: Bool { isLast && left == 0 }

    /// The next range of at most `count` bytes.
    private mutating func take(
        _ count: Int,
        _ memory: inout some GuestMemoryAccess
    ) throws(BusMaster.TransferFault) -> (address: GuestPhysicalAddress, count: Int) {
        while left == 0 {
            guard !isLast, entriesLeft > 0 else { throw .tableTooShort }
            entriesLeft -= 1
            let entry: UInt64
            do throws(GuestMemoryError) {
                entry = try memory.readUInt64(at: GuestPhysicalAddress(UInt64(next)))
            } catch {
                throw .memory
            }
            next &+= 8
            address = entry & 0xFFFF_FFFE
            left = entry >> 32 & 0xFFFE == 0 ? 0x1_0000 : Int(entry >> 32 & 0xFFFE)
            isLast = entry >> 63 != 0
        }
        let taken = min(left, count)
        defer {
            address += UInt64(taken)
            left -= taken
        }
        return (GuestPhysicalAddress(address), taken)
    }

    mutating func gather(_ bytes: inout [UInt8], _ memory: inout some GuestMemoryAccess) throws(BusMaster.TransferFault)
    {
        var done = 0
        while done < bytes.count {
            let (address, count) = try take(bytes.count - done, &memory)
            var part = [UInt8](repeating: 0, count: count)
            do throws(GuestMemoryError) {
                var span = part.mutableSpan
                try memory.read(at: address, into: &span)
            } catch {
                throw .memory
            }
            bytes.replaceSubrange(done..<done + count, with: part)
            done += count
        }
    }

    mutating func scatter(_ bytes: [UInt8], _ memory: inout some GuestMemoryAccess) throws(BusMaster.TransferFault) {
        var done = 0
        while done < bytes.count {
            let (address, count) = try take(bytes.count - done, &memory)
            do throws(GuestMemoryError) {
                try memory.write(bytes.span.extracting(done..<done + count), at: address)
            } catch {
                throw .memory
            }
            done += count
        }
    }
}
