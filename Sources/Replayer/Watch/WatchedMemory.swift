internal import GuestMemory
public import TraceFormat
public import X86

/// Bytes of memory that are watched: where they are does not change, whatever the guest's paging does later.
public struct WatchedMemory: Hashable, Sendable {
    /// Stretches of physical memory, none across the end of a page.
    let pieces: [Piece]

    struct Piece: Hashable, Sendable {
        var address: GuestPhysicalAddress
        var count: Int

        var page: GuestPhysicalAddress {
            GuestPhysicalAddress(address.rawValue & ~UInt64(GuestMemory.pageSize - 1))
        }
    }

    /// Bytes at a physical address.
    public init(physical address: GuestPhysicalAddress, count: Int) {
        pieces = PagePieces(at: address.rawValue, count: count).map { piece in
            Piece(address: GuestPhysicalAddress(piece.address), count: piece.count)
        }
    }

    /// Bytes at a linear address, as paging translates it in a view; nil where not all of it is mapped.
    public init?(
        linear address: GuestVirtualAddress,
        count: Int,
        in view: inout some MachineView
    ) throws(TraceError) {
        var pieces: [Piece] = []
        for piece in PagePieces(at: address.rawValue, count: count) {
            guard let physical = try view.translate(GuestVirtualAddress(piece.address)) else { return nil }
            pieces.append(Piece(address: physical, count: piece.count))
        }
        self.pieces = pieces
    }

    /// The pages that it lies in.
    var pages: Set<GuestPhysicalAddress> { Set(pieces.map(\.page)) }

    /// Whether any of it is in a stretch of physical memory.
    func overlaps(_ address: GuestPhysicalAddress, count: Int) -> Bool {
        pieces.contains { piece in
            // How far one begins behind the other, round where addresses end.
            address.rawValue &- piece.address.rawValue < UInt64(piece.count)
                || piece.address.rawValue &- address.rawValue < UInt64(count)
        }
    }

    /// The bytes at present; nil where some of it is no memory.
    func bytes(in memory: GuestMemory) -> [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            guard let part = try? memory.read(at: piece.address, count: piece.count) else { return nil }
            bytes += part
        }
        return bytes
    }
}
