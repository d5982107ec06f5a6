internal import GuestMemory
public import TraceFormat
public import X86

/// Bytes of memory to watch. Their physical location stays fixed, whatever the guest's paging does later.
public struct WatchedMemory: Hashable, Sendable {
    /// Stretches of physical memory. None of them crosses the end of a page.
    let pieces: [Piece]

    struct Piece: Hashable, Sendable {
        var address: GuestPhysicalAddress
        var count: Int

        var page: GuestPhysicalAddress {
            GuestPhysicalAddress(address.rawValue & ~UInt64(GuestMemory.pageSize - 1))
        }
    }

    /// Watches pieces, none of which crosses the end of a page.
    init(_ pieces: [Piece]) { self.pieces = pieces }

    /// Watches bytes at a physical address.
    public init(physical address: GuestPhysicalAddress, count: Int) {
        pieces = PagePieces(at: address.rawValue, count: count).map { piece in
            Piece(address: GuestPhysicalAddress(piece.address), count: piece.count)
        }
    }

    /// Watches bytes at a linear address, as paging translates it in a view; nil if not all of them are mapped.
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

    /// The pages that contain the watched bytes.
    var pages: Set<GuestPhysicalAddress> { Set(pieces.map(\.page)) }

    /// Whether a stretch of physical memory contains any watched byte.
    func overlaps(_ address: GuestPhysicalAddress, count: Int) -> Bool {
        pieces.contains { piece in
            // The distance from the start of one stretch to the start of the other, wrapping around at the highest
            // address.
            address.rawValue &- piece.address.rawValue < UInt64(piece.count)
                || piece.address.rawValue &- address.rawValue < UInt64(count)
        }
    }

    /// The present bytes; nil if some of the range is not memory.
    func bytes(in memory: GuestMemory) -> [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            guard let part = try? memory.read(at: piece.address, count: piece.count) else { return nil }
            bytes += part
        }
        return bytes
    }
}
