public import GuestMemory
public import X86

/// An x86-64 processor in software.
///
/// It executes in memory that others own, counts every instruction, and leaves the run for whatever is not in memory: ports,
/// devices, time. It has no clock and makes no system call while it runs. Used from one thread.
@safe
public final class SoftCPU {
    let registers: UnsafeMutablePointer<ProcessorRegisters>
    private let around: UnsafeMutablePointer<Surroundings>

    /// Makes a processor in its reset state.
    ///
    /// - Parameter memory: regions that do not overlap; their bytes must stay valid as long as the processor lives.
    public init(memory: [GuestMemory.Mapping], configuration: SoftConfiguration = SoftConfiguration()) {
        unsafe around = .allocate(capacity: 1)
        let pageCount = memory.reduce(0) { $0 + Int($1.region.size >> 12) }
        unsafe around.initialize(
            to: Surroundings(
                dirtyPages: PageList(pageCount: pageCount),
                tablePages: PageList(pageCount: pageCount),
                translatedPages: PageList(pageCount: pageCount)
            )
        )
        unsafe registers = .allocate(capacity: 1)
        let blank = OperationRecord(handler: invalidOpcodeHandler)
        // SAFETY: the memory was just allocated for exactly this.
        unsafe registers.initialize(
            to: ProcessorRegisters(
                missHandler: missHandler,
                dispatchHandler: dispatchHandler,
                quirks: configuration.quirks,
                bounce: Bounce(operation: blank, finish: blank)
            )
        )
        unsafe registers.pointee.surroundings = UInt(bitPattern: around)
        for mapping in memory {
            let region = mapping.region
            let table = HostMapping(byteCount: Int(region.size >> 12) * MemoryLayout<PageRecord>.stride)
            unsafe around.pointee.pageTables.append(table)
            unsafe around.pointee.regions.append(
                RegionRecord(
                    start: region.address.rawValue,
                    size: region.size,
                    host: UInt(bitPattern: mapping.host),
                    isReadOnly: region.isReadOnly,
                    pages: table.address
                )
            )
        }
        unsafe around.pointee.configuration = configuration
        cpu.keepRegisters(configuration.modelSpecificRegisters)
        unsafe registers.pointee.recentBlocks = around.pointee.recent.address
        cpu.load(.reset(signature: 0))
    }

    deinit {
        unsafe around.pointee.release()
        unsafe around.deinitialize(count: 1)
        unsafe around.deallocate()
        unsafe registers.deinitialize(count: 1)
        unsafe registers.deallocate()
    }

    /// The processor as handlers see it.
    var cpu: CPU { unsafe CPU(registers) }

    /// The whole state. Between an exit and its answer it is that in front of the instruction. An exception or interrupt that is
    /// under way in a new one is delivered at once, which counts as one instruction.
    public var state: ProcessorState {
        get { cpu.processorState }
        set {
            load(newValue)
            deliver(newValue.pending)
        }
    }

    /// How many instructions have been executed, the one under way not among them.
    public internal(set) var executed: UInt64 = 0

    /// The access with which the last run ended that reported one.
    public private(set) var reportedHit: WatchHit?

    /// The count at which the last run ended in front of a stop.
    var stoppedAt: UInt64?

    /// Executes until an exit, or until so many instructions have been executed.
    ///
    /// - Parameter limit: instructions at most. A turn of a repeated one counts as one; so does the delivery of an exception
    ///   together with the instruction that raised it.
    public func run(upTo limit: Int) -> SoftExit {
        if let report = cpu.nextReport() { return exit(report) }
        if cpu.state.leaveReason == .exit { return reason() }
        var budget = limit
        let leaves = cpu.execute(budget: &budget, end: executed &+ UInt64(limit), passes: stoppedAt == executed)
        executed &+= UInt64(limit - budget)
        return leaves ? reason() : .limit
    }

    private func reason() -> SoftExit {
        if let report = cpu.nextReport() { return exit(report) }
        if cpu.state.leaveReason == .exit {
            cpu.state.leaveReason = .none
            // A write needs no answer: when the instruction begins again, it is done.
            if cpu.state.exit.kind == .memoryWrite || cpu.state.exit.kind == .portWrite { answer(0) }
            return exit(cpu.state.exit)
        }
        if let hit = cpu.state.watching.hit {
            cpu.state.watching.hit = nil
            reportedHit = hit
            return .watched(hit.address)
        }
        if cpu.state.watching.isAtStop {
            cpu.state.watching.isAtStop = false
            stoppedAt = executed
            return .stopped
        }
        if cpu.state.isHalted { return .halt }
        return .interruptWindow
    }

    private func exit(_ pending: PendingExit) -> SoftExit {
        let address = GuestPhysicalAddress(pending.address)
        let size = Int(pending.size)
        return switch pending.kind {
        case .portRead: .portRead(UInt16(truncatingIfNeeded: pending.address), size: size)
        case .portWrite: .portWrite(UInt16(truncatingIfNeeded: pending.address), size: size, value: pending.value)
        case .memoryRead: .memoryRead(address, size: size)
        case .memoryWrite: .memoryWrite(address, size: size, value: pending.value)
        case .halt: .halt
        case .shutdown, .none: .shutdown
        case .fetch: .fetch(address)
        case .hiddenRead: .hiddenRead(HiddenInstruction(rawValue: UInt8(truncatingIfNeeded: pending.value)) ?? .rdtsc)
        case .registerRead: .registerRead(UInt32(truncatingIfNeeded: pending.address))
        case .registerWrite: .registerWrite(UInt32(truncatingIfNeeded: pending.address), value: pending.value)
        case .numericError: .numericError
        }
    }

    /// Answers the last exit with the value that was read; anything for a write of a model-specific register. The next run
    /// begins the instruction again, with this answer.
    public func answer(_ value: UInt64) {
        cpu.state.answers[cpu.state.answerCount] = value
        cpu.state.answerCount += 1
    }

    /// Answers a hidden read: the counter or random number, TSC_AUX, and whether there was a random number.
    public func answerHiddenRead(value: UInt64, auxiliary: UInt32, succeeded: Bool) {
        answer(value)
        answer(UInt64(auxiliary))
        answer(succeeded ? 1 : 0)
    }

    /// Answers an access to a model-specific register with a general-protection fault.
    public func refuse() {
        answer(0)
        cpu.state.isRefused = true
    }

    /// Whether a maskable interrupt injected now is taken before the next instruction.
    public var canTakeInterrupt: Bool { cpu.canTakeInterrupt && cpu.state.answerCount == 0 }

    /// Takes a maskable interrupt, which counts as one instruction; ``canTakeInterrupt`` must hold.
    public func inject(vector: UInt8) {
        cpu.deliverInterrupt(vector)
        countDelivery()
    }

    /// Takes a non-maskable interrupt, which counts as one instruction.
    public func injectNonMaskable() {
        cpu.deliverNonMaskable()
        countDelivery()
    }

    /// Asks for ``SoftExit/interruptWindow`` once an interrupt can be taken, or no longer.
    public func requestInterruptWindow(_ wanted: Bool) { cpu.state.wantsWindow = wanted }
}
