public import X86

extension SoftCPU {
    /// Linear addresses of instructions in front of which a run ends with ``SoftExit/stopped``: in front of the first one too,
    /// unless the run before ended there. A repeated string instruction is stopped at before each turn.
    ///
    /// A change costs a walk over all decoded code; running costs nothing but for instructions with the same offset in a page.
    public var stops: Set<GuestVirtualAddress> {
        get { Set(cpu.around.stops.map { GuestVirtualAddress($0) }) }
        set {
            cpu.around.stops = Set(newValue.map(\.rawValue))
            cpu.updateStops()
        }
    }

    /// Offsets in the code segment, whatever its base, of instructions in front of which a run ends as at ``stops``.
    ///
    /// A change, and each base that the segment has for the first time, costs a walk over all decoded code.
    public var offsetStops: Set<UInt64> {
        get { cpu.around.offsetStops }
        set {
            cpu.around.offsetStops = newValue
            cpu.around.codeBases = []
            cpu.updateStops()
        }
    }

    /// Whether a run ends, with ``SoftExit/stopped``, behind an instruction after which linear addresses are translated by other
    /// page tables or by none. Changes of the tables themselves do not count.
    public var stopsAtTableSwitches: Bool {
        get { cpu.state.watching.stopsAtTableSwitches }
        set {
            if newValue, !cpu.state.watching.stopsAtTableSwitches { cpu.state.watching.tables = cpu.tableSelection }
            cpu.state.watching.stopsAtTableSwitches = newValue
        }
    }

    /// Memory whose accesses end a run behind the instruction, or the turn of a repeated one, with ``SoftExit/watched(_:)``.
    ///
    /// A change costs all translations; running costs nothing but for accesses to the pages that it lies in.
    public var watches: [MemoryWatch] {
        get { cpu.around.watches }
        set { cpu.watch(newValue) }
    }

    /// The access to watched memory that no run has reported; nil if there is none. A run that ends at its limit leaves it for
    /// the next one to report.
    public func takeWatchHit() -> WatchHit? {
        defer { cpu.state.watching.hit = nil }
        return cpu.state.watching.hit
    }

    /// Which transfers are noted from now on.
    ///
    /// Interruptions cost running nothing. Calls do: each ends its block and returns to the loop, and a change of whether they
    /// are noted forgets all decoded code.
    public var notedTransfers: TransferSet {
        get { cpu.state.watching.transfers }
        set { cpu.note(newValue) }
    }

    /// The transfers that have been noted since the last call, in their order.
    public func takeTransfers() -> [ControlTransfer] {
        defer { cpu.around.transfers.removeAll(keepingCapacity: true) }
        return cpu.around.transfers
    }

    /// The pages written since the last call, by the processor or as told to ``memoryChanged(at:count:)``, in rising order.
    ///
    /// Costs about as much as there are such pages; the first store to each page behind it costs a look at the page tables.
    public func takeDirtyPages() -> [GuestPhysicalAddress] {
        cpu.takeDirtyPages().map { GuestPhysicalAddress($0) }
    }

    /// Must be called where memory has been changed by anybody but this processor: what was decoded from it is forgotten.
    public func memoryChanged(at address: GuestPhysicalAddress, count: Int) {
        var offset = 0
        while offset < count {
            let at = address.rawValue + UInt64(offset)
            let inPage = min(Int(4096 - at & 0xFFF), count - offset)
            if let page = cpu.hostPage(at) {
                if page.known.flags & PageRecord.tables != 0 { cpu.flushTranslations() }
                cpu.noteWrite(page, offset: Int(at & 0xFFF), count: inPage)
            }
            offset += inPage
        }
    }

    /// Must be called where a page has been changed by anybody but this processor that need not be among the written ones: what was
    /// decoded from it is forgotten.
    public func codeChanged(inPage address: GuestPhysicalAddress) {
        guard let page = cpu.hostPage(address.rawValue), page.known.codeMask != 0 else { return }
        cpu.forgetBlocks(in: page, offset: 0, count: 4096)
    }
}
