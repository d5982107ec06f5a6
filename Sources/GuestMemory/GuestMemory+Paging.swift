internal import ByteCoding
public import X86

/// Accesses by linear address, through the guest's own page tables.
extension GuestMemory {
    /// Reads up to `count` bytes at a linear address through the guest's paging; stops where nothing is mapped.
    public func read(
        _ address: GuestVirtualAddress,
        count: Int,
        in state: ProcessorState
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in PagePieces(at: address.rawValue, count: count) {
            guard let physical = translate(GuestVirtualAddress(piece.address), in: state),
                let part = try? read(at: physical, count: piece.count)
            else { break }
            bytes += part
        }
        return bytes
    }

    /// Translates a linear address by the guest's page tables; nil where nothing is mapped.
    public func translate(_ address: GuestVirtualAddress, in state: ProcessorState) -> GuestPhysicalAddress? {
        state.translate(address, readTable: tableEntry)
    }

    /// Reads one page-table entry; nil if there is no memory.
    public func tableEntry(at address: GuestPhysicalAddress, size: AccessSize) -> UInt64? {
        guard let bytes = try? read(at: address, count: size.byteCount) else { return nil }
        return LittleEndian.number(bytes.span)
    }
}
