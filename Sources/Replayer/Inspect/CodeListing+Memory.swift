internal import GuestMemory
public import TraceFormat
public import X86

extension CodeListing {
    /// Reads bytes of physical memory. Where a replacement still stands at the place where the recorder put it, returns
    /// the guest's own bytes instead. The result is nil if not all of the range is memory.
    public func bytes(
        at address: GuestPhysicalAddress,
        count: Int,
        in view: inout some MachineView
    ) throws(TraceError) -> [UInt8]? {
        guard var bytes = try view.read(address, count: count) else { return nil }
        for patch in patches {
            // The index of each byte of the patch in the bytes that were read. It may be out of range.
            let indices = patch.original.indices.map { patch.address.rawValue &+ UInt64($0) &- address.rawValue }
            guard indices.contains(where: { $0 < UInt64(count) }),
                try view.read(patch.address, count: patch.replacement.count) == patch.replacement
            else { continue }
            for (index, byte) in zip(indices, patch.original) where index < UInt64(count) { bytes[Int(index)] = byte }
        }
        return bytes
    }

    /// Reads the same at a linear address, through the guest's paging. Returns as many bytes as are mapped, at most
    /// `count`.
    public func bytes(
        at address: GuestVirtualAddress,
        count: Int,
        in view: inout some MachineView
    ) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in PagePieces(at: address.rawValue, count: count) {
            guard let physical = try view.translate(GuestVirtualAddress(piece.address)),
                let part = try self.bytes(at: physical, count: piece.count, in: &view)
            else { break }
            bytes += part
        }
        return bytes
    }
}
