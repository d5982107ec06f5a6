internal import Engine
internal import GuestMemory
public import TraceFormat
public import X86

/// A machine at one moment, to be looked at: its processor's state, and its memory.
public protocol MachineView {
    /// The processor.
    var state: ProcessorState { get }

    /// Bytes of physical memory; nil where not all of them are memory.
    mutating func read(_ address: GuestPhysicalAddress, count: Int) throws(TraceError) -> [UInt8]?
}

extension MachineView {
    /// Bytes at a linear address through the guest's paging, as many as are mapped, at most `count`.
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

    /// The physical address of a linear one; nil where nothing is mapped.
    public mutating func translate(_ address: GuestVirtualAddress) throws(TraceError) -> GuestPhysicalAddress? {
        try walk(address).last?.target
    }

    /// The page-table entries that lead to a linear address, as far as they go.
    public mutating func walk(_ address: GuestVirtualAddress) throws(TraceError) -> [ProcessorState.PageTableStep] {
        let state = state
        var failure: TraceError?
        var steps: [ProcessorState.PageTableStep] = []
        state.walk(address) { table, size in
            do throws(TraceError) {
                return try read(table, count: size.byteCount)?.littleEndian
            } catch {
                failure = error
                return nil
            }
        } visit: {
            steps.append($0)
        }
        if let failure { throw failure }
        return steps
    }
}

extension [UInt8] {
    /// The number that up to 8 bytes are, the lowest first.
    var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// A machine that stands at a moment. Valid until it goes on.
public struct LiveView: MachineView {
    /// The processor.
    public let state: ProcessorState
    private let memory: GuestMemory

    init(state: ProcessorState, memory: GuestMemory) {
        self.state = state
        self.memory = memory
    }

    /// Bytes of physical memory; nil where not all of them are memory.
    public func read(_ address: GuestPhysicalAddress, count: Int) -> [UInt8]? {
        try? memory.read(at: address, count: count)
    }
}

/// A machine as a keyframe says it was: needs no processor to be looked at.
public struct KeyframeView: MachineView {
    /// The processor.
    public let state: ProcessorState
    private var memory: KeyframeMemory
    private let regions: [TraceHeader.MemoryRegion]

    /// The machine at a keyframe of a trace with this memory.
    public init(_ keyframe: Keyframe, regions: [TraceHeader.MemoryRegion]) {
        state = keyframe.state
        memory = keyframe.memory
        self.regions = regions
    }

    /// Bytes of physical memory; nil where not all of them are memory.
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
