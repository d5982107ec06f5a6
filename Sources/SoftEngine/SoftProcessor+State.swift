public import Engine
internal import GuestMemory
internal import SoftCPU
public import X86

extension SoftProcessor {
    /// RIP at the last exit. It is after the instruction of a port or memory write, and at the instruction of a read.
    public var exitRIP: UInt64 { writeRIP ?? cpu.instructionPointer }

    /// The address of the last exit. See ``Processor/exitAddress()``.
    public mutating func exitAddress() -> GuestVirtualAddress {
        let rip = exitRIP
        guard rip <= UInt64(UInt16.max) else { return GuestVirtualAddress(rip) }
        return GuestVirtualAddress((cpu.codeBase &+ rip) & 0xFFFF_FFFF)
    }

    /// See ``DebuggableProcessor/exitRegisters``.
    public var exitRegisters: [UInt64] {
        GeneralRegister.allCases.map { cpu[$0] } + [cpu.instructionPointer, cpu.flags]
    }

    /// The leaves of CPUID that the guest has read. See ``Processor/readLeaves``.
    public var readLeaves: Set<UInt32>? { cpu.readLeaves }

    /// The whole state. The pending access must be complete.
    public mutating func state() -> ProcessorState { withEvents(cpu.state) }

    /// The state that decides how the next instruction executes. See ``DebuggableProcessor/executionState()``.
    public mutating func executionState() -> ProcessorState { withEvents(cpu.executionState) }

    private func withEvents(_ state: ProcessorState) -> ProcessorState {
        var state = state
        state.pending.exception = events.exception
        state.pending.interrupt = events.interrupt
        state.pending.nmiInjected = events.nmiInjected
        return state
    }

    /// Sets the whole state, and discards any pending access.
    public mutating func restore(_ state: ProcessorState) throws(EngineError) {
        try check(state)
        (access, held, writtenAPICBase, writeRIP, isAmongElements) = (.none, nil, nil, nil, false)
        watchHit = nil
        cpu.load(state)
        events = state.pending
    }

    /// Refuses a state that this processor cannot be in.
    private func check(_ state: ProcessorState) throws(EngineError) {
        guard state.control.xcr0 & ~supportedComponents == 0 else {
            throw .hostLacks("the bits 0x\(String(state.control.xcr0 & ~supportedComponents, radix: 16)) of XCR0")
        }
        let sizes = [0: 152, 1: 256]
        for (number, bytes) in state.extended.components where sizes[number] != bytes.count {
            throw .hostLacks("XSAVE component \(number) with \(bytes.count) bytes")
        }
        if let lacking = state.modelSpecific.keys.sorted().first(where: { !keeps(modelSpecific: $0) }) {
            throw .hostLacks("model-specific register 0x\(String(lacking, radix: 16))")
        }
    }

    /// Masks address line 20 or lets it through. See ``Processor/maskAddressLine20(_:)``.
    public mutating func maskAddressLine20(_ isMasked: Bool) {
        guard isMasked != cpu.masksAddressLine20 else { return }
        cpu.masksAddressLine20 = isMasked
    }

    /// The pages written since the last call. See ``Processor/takeDirtyPages(expecting:)``.
    public mutating func takeDirtyPages(expecting hot: Set<GuestPhysicalAddress>) -> [GuestPhysicalAddress] {
        var pages = memory.takeHostWrites()
        pages.formUnion(cpu.takeDirtyPages())
        return pages.sorted()
    }

    // MARK: Debugging

    /// Always true, because stopping needs nothing from the host.
    public func canStop(in mode: GuestMode) -> Bool { true }

    /// Always true, because the processor has debugging facilities that the guest cannot see.
    public var debugsUnseen: Bool { true }

    /// Stops before the instructions at the given addresses. See ``DebuggableProcessor/setBreakpoints(_:)``.
    public mutating func setBreakpoints(_ addresses: [GuestVirtualAddress]) {
        setStops(addresses)
        cpu.soughtRegisters = nil
    }

    private mutating func setStops(_ addresses: [GuestVirtualAddress]) {
        isStepping = false
        let stops = Set(addresses)
        guard stops != breakpoints else { return }
        breakpoints = stops
        cpu.stops = stops
    }

    /// Stops before an instruction if the registers match. See ``DebuggableProcessor/setBreakpoint(_:registers:)``.
    public mutating func setBreakpoint(_ address: GuestVirtualAddress, registers: [UInt64]) -> Bool {
        guard registers.count == 18 else { return false }
        cpu.soughtRegisters = registers
        setStops([address])
        return true
    }

    /// Stops after accesses to the given memory. See ``DebuggableProcessor/setWatches(_:)``.
    public mutating func setWatches(_ watches: [MemoryWatch]) -> Bool {
        if watches != cpu.watches { cpu.watches = watches }
        return true
    }

    /// Stops where a search has to look. See ``DebuggableProcessor/setSearchStops(_:)``.
    public mutating func setSearchStops(_ stops: SearchStops) -> Bool {
        if stops.offsets != cpu.offsetStops { cpu.offsetStops = stops.offsets }
        cpu.stopsAtTableSwitches = stops.atTableSwitches
        return true
    }

    /// The first access to watched memory. See ``DebuggableProcessor/takeWatchHit()``.
    public mutating func takeWatchHit() -> WatchHit? {
        defer { watchHit = nil }
        let later = cpu.takeWatchHit()
        return watchHit ?? later
    }

    /// Notes these transfers. See ``DebuggableProcessor/noteTransfers(_:)``.
    public mutating func noteTransfers(_ set: TransferSet) -> Bool {
        if set != cpu.notedTransfers { cpu.notedTransfers = set }
        return true
    }

    /// The transfers since the last call. See ``DebuggableProcessor/takeTransfers()``.
    public mutating func takeTransfers() -> [ControlTransfer] { cpu.takeTransfers() }

    /// Executes one instruction. See ``DebuggableProcessor/step()``.
    public mutating func step() throws(EngineError) -> Exit {
        isStepping = true
        return try run()
    }
}
