internal import Engine
internal import GuestMemory
public import TraceFormat
public import X86

/// A machine at one moment: its processor's state and its memory.
public protocol MachineView {
    /// The processor.
    var state: ProcessorState { get }

    /// Reads bytes of physical memory; nil if not all of the range is memory.
    mutating func read(_ address: GuestPhysicalAddress, count: Int) throws(TraceError) -> [UInt8]?
}

extension MachineView {
    /// Reads bytes at a linear address through the guest's paging. Returns as many bytes as are mapped, at most
    /// `count`.
    public mutating func read(_ address: GuestVirtualAddress, count: Int) throws(TraceError) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in PagePieces(at: address.rawValue, count: count) {
            guard let physical = try translate(GuestVirtualAddress(piece.address)),
                let part = try read(physical, count: piece.count)
            else { break }
            bytes += part
        }
        return bytes
    }

    /// The physical address of a linear address; nil if nothing is mapped there.
    public mutating func translate(_ address: GuestVirtualAddress) throws(TraceError) -> GuestPhysicalAddress? {
        try walk(address).last?.target
    }

    /// The page-table entries on the way to a linear address, as far as there are any.
    public mutating func walk(_ address: GuestVirtualAddress) throws(TraceError) -> [ProcessorState.PageTableStep] {
        var steps: [ProcessorState.PageTableStep] = []
        let state = state
        try withTables { readTable in state.walk(address, readTable: readTable) { steps.append($0) } }
        return steps
    }

    /// All that the guest's paging maps, by ascending linear address; empty with paging off.
    public mutating func mappedRanges() throws(TraceError) -> [ProcessorState.MappedRange] {
        let state = state
        return try withTables { state.mappedRanges(readTable: $0) }
    }

    /// Has page tables read, and throws what went wrong with that.
    private mutating func withTables<Result>(
        _ body: ((GuestPhysicalAddress, AccessSize) -> UInt64?) -> Result
    ) throws(TraceError) -> Result {
        var failure: TraceError?
        let result = body { table, size in
            do throws(TraceError) {
                return try read(table, count: size.byteCount)?.littleEndian
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return result
    }
}

extension [UInt8] {
    /// The bytes (8 at most) as a number, with the lowest byte first.
    var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// A view of a machine that stands at a moment. It is valid until the machine continues.
public struct LiveView: MachineView {
    /// The processor.
    public let state: ProcessorState
    private let memory: GuestMemory

    init(state: ProcessorState, memory: GuestMemory) {
        self.state = state
        self.memory = memory
    }

    /// Reads bytes of physical memory; nil if not all of the range is memory.
    public func read(_ address: GuestPhysicalAddress, count: Int) -> [UInt8]? {
        try? memory.read(at: address, count: count)
    }
}

/// A view of a machine in a keyframe's state. It needs no processor.
public struct KeyframeView: MachineView {
    /// The processor.
    public let state: ProcessorState
    private var memory: KeyframeMemory
    private let regions: [TraceHeader.MemoryRegion]

    /// Views the machine at a keyframe of a trace with these memory regions.
    public init(_ keyframe: Keyframe, regions: [TraceHeader.MemoryRegion]) {
        state = keyframe.state
        memory = keyframe.memory
        self.regions = regions
    }

    /// Reads bytes of physical memory; nil if not all of the range is memory.
    public mutating func read(_ address: GuestPhysicalAddress, count: Int) throws(TraceError) -> [UInt8]? {
        let isMemory = regions.contains { region in
            address >= region.address && UInt64(count) <= region.size
                && address.rawValue - region.address.rawValue <= region.size - UInt64(count)
        }
        guard isMemory else { return nil }
        var bytes: [UInt8] = []
        for piece in PagePieces(at: address.rawValue, count: count) {
            let offset = Int(piece.address % UInt64(PagePieces.pageSize))
            let page = try memory.page(at: GuestPhysicalAddress(piece.address - UInt64(offset)))
            bytes += page[offset..<offset + piece.count]
        }
        return bytes
    }
}
