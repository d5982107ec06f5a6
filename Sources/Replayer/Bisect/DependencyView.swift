internal import GuestMemory
internal import TraceFormat
internal import X86

/// A view that remembers what was read, page-table entries among it.
struct DependencyView: MachineView {
    private let view: LiveView
    /// What was read.
    var reads: Set<WatchedMemory.Piece> = []

    init(_ view: LiveView) { self.view = view }

    var state: ProcessorState { view.state }

    mutating func read(_ address: GuestPhysicalAddress, count: Int) throws(TraceError) -> [UInt8]? {
        for piece in PagePieces(at: address.rawValue, count: count) {
            reads.insert(WatchedMemory.Piece(address: GuestPhysicalAddress(piece.address), count: piece.count))
        }
        return view.read(address, count: count)
    }
}
