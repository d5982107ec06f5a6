public import X86

/// Accesses by linear addresses, through the guest's own page tables.
extension GuestMemory {
    /// Reads up to `count` bytes at a linear address through the guest's paging; stops where nothing is mapped.
    public func read(
        _ address: GuestVirtualAddress,
        count: Int,
        in state: ProcessorState
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = address
        while bytes.count < count, let physical = translate(next, in: state) {
            let inPage = Self.pageSize - Int(next.rawValue % UInt64(Self.pageSize))
            let chunk = min(count - bytes.count, inPage)
            guard let part = try? read(at: physical, count: chunk) else { break }
            bytes += part
            next = GuestVirtualAddress(next.rawValue &+ UInt64(chunk))
        }
        return bytes
    }

    /// Translates a linear address by the guest's page tables; nil where nothing is mapped.
    public func translate(_ address: GuestVirtualAddress, in state: ProcessorState) -> GuestPhysicalAddress? {
        state.translate(address, readTable: tableEntry)
    }

    /// Reads one page-table entry; nil where no memory is.
    public func tableEntry(at address: GuestPhysicalAddress, size: AccessSize) -> UInt64? {
        guard let bytes = try? read(at: address, count: size.byteCount) else { return nil }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
