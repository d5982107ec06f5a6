public import Engine
internal import GuestMemory
internal import SoftCPU
internal import X86

extension SoftProcessor {
    /// The number of instructions between two checks for requests from other threads. They take a fraction of a
    /// millisecond.
    private static var stretch: UInt64 { 1 << 16 }

    /// Executes until the next exit, or hands out the next access of the last exit's instruction.
    public mutating func run() throws(EngineError) -> Exit {
        while true {
            if let exit = try run(upTo: .max) { return exit }
        }
    }

    /// Executes until the next exit, but not beyond a given count of ``instructionsRetired``.
    public mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? {
        if let next = held {
            held = nil
            return try handOut(next)
        }
        forgetChangedCode()
        writeRIP = nil
        if access.isNone, stopsForKick, kicks.take() { return .kicked }
        giveAnswers()
        if isStepping || hasEvents {
            if let exit = try finishInstruction() { return exit }
            if hasEvents {
                deliverEvents()
                // What the delivery has pushed may be watched.
                if let hit = cpu.takeWatchHit() {
                    watchHit = watchHit ?? hit
                    return .debug
                }
                if isStepping { return .debug }
            }
        }
        if isStepping { return try executeOne() }
        return try execute(upTo: count)
    }

    private mutating func execute(upTo count: UInt64) throws(EngineError) -> Exit? {
        while true {
            if wantsInterruptWindow, !cpu.isInstructionUnderWay, canTakeInterrupt { return .interruptWindow }
            let executed = cpu.executed
            guard executed < count else { return nil }
            let exit = runProcessor(upTo: Int(min(Self.stretch, count - executed)))
            switch exit {
            case .limit: if stopsForKick, kicks.take() { return .kicked }
            case .interruptWindow where keepsStringsWhole && isAmongElements: continue
            default: return try handOut(exit)
            }
        }
    }

    private mutating func executeOne() throws(EngineError) -> Exit {
        var exit = runProcessor(upTo: 1)
        // The step starts at a breakpoint. The processor passes it the second time.
        if exit == .stopped { exit = runProcessor(upTo: 1) }
        switch exit {
        case .limit, .interruptWindow: return .debug
        default: return try handOut(exit)
        }
    }

    /// Whether the processor may stop here. It may not stop in the middle of an instruction, which may have another
    /// access to make, or between the elements of a string operation that is kept whole.
    private var stopsForKick: Bool { !cpu.isInstructionUnderWay && !(keepsStringsWhole && isAmongElements) }

    /// Makes repeated INS and OUTS finish before anything else happens. See ``Processor/keepStringsWhole()``.
    public mutating func keepStringsWhole() { keepsStringsWhole = true }

    /// Whether ``run()`` would hand out another access of the same instruction before it executes anything.
    public var isInsideInstruction: Bool { held != nil || keepsStringsWhole && isAmongElements }

    // MARK: Exits

    /// Converts an exit to the engine's type, and notes what it needs from the driver.
    private mutating func handOut(_ exit: SoftExit) throws(EngineError) -> Exit {
        isAmongElements = false
        writeRIP = nil
        switch exit {
        case .limit, .stopped, .watched: return .debug
        case .interruptWindow: return .interruptWindow
        case .portRead(let port, let size):
            access = .read
            isAmongElements = cpu.hasMoreElements
            return .portRead(Port(port), AccessSize(bytes: size))
        case .portWrite(let port, let size, let value):
            isAmongElements = cpu.hasMoreElements
            finishWrite()
            let write = Exit.portWrite(Port(port), AccessSize(bytes: size), value: UInt32(truncatingIfNeeded: value))
            return trap(write) ?? write
        case .memoryRead(let address, let size):
            access = .read
            return .memoryRead(address, length: UInt8(size))
        case .memoryWrite(let address, let size, let value):
            finishWrite()
            followTaskPriority(address, size, value)
            return .memoryWrite(address, length: UInt8(size), value: value)
        case .registerRead(let number):
            access = .read
            return .readMSR(number)
        case .registerWrite(let number, let value):
            access = .registerWrite
            if number == LocalAPICBase.number { writtenAPICBase = LocalAPICBase(writing: value) }
            return .writeMSR(number, value: value)
        case .hiddenRead(let instruction):
            access = .hiddenRead
            return .hiddenRead(instruction)
        case .halt:
            cpu.wake()
            return .halt
        case .shutdown: return .tripleFault
        case .fetch: return .emulationFailure
        case .numericError: return .hostLimit(.numericErrorLine)
        }
    }

    /// Finishes the instruction of a write. The write may have changed the instruction itself, so it cannot start
    /// again.
    private mutating func finishWrite() {
        let isUnderWay = cpu.isInstructionUnderWay
        held = nextAccess()
        if held == nil, isUnderWay { writeRIP = cpu.endOfInstruction }
    }

    /// Continues the instruction under way to its end or to its next access.
    private mutating func nextAccess() -> SoftExit? {
        let count = cpu.isInstructionUnderWay ? 1 : 0
        var exit = runProcessor(upTo: count)
        // The instruction is at a breakpoint. The processor passes it the second time.
        if exit == .stopped { exit = runProcessor(upTo: count) }
        switch exit {
        case .limit, .interruptWindow, .watched: return nil
        default: return exit
        }
    }

    /// Runs the processor and notes which watched memory it has accessed. An access does not end the run in the middle of
    /// an instruction, nor before the first one.
    private mutating func runProcessor(upTo count: Int) -> SoftExit {
        let start = cpu.executed
        while true {
            let exit = cpu.run(upTo: count)
            guard case .watched = exit else { return exit }
            watchHit = watchHit ?? cpu.reportedHit
            if !cpu.isInstructionUnderWay, cpu.executed != start { return exit }
        }
    }

    /// Answers the pending read with as many low bytes of the value as it needs.
    public mutating func answer(_ value: UInt64) {
        guard case .read = access else { return }
        cpu.answer(value)
        access = .answered
    }

    /// Answers the pending RDMSR or WRMSR with a general-protection fault.
    public mutating func refuse() {
        writtenAPICBase = nil
        access = .refused
    }

    /// Supplies what the last exit needed and nobody gave. Reads get zeros, and writes count as done.
    private mutating func giveAnswers() {
        switch access {
        case .none, .trap, .answered: break
        case .read, .registerWrite: cpu.answer(0)
        case .hiddenRead: cpu.answerHiddenRead(value: 0, auxiliary: 0, succeeded: false)
        case .refused:
            cpu.forgetAnswers()
            events.exception = .init(vector: 13, errorCode: 0)
        }
        access = .none
        if let base = writtenAPICBase {
            cpu.apicBase = base.rawValue
            writtenAPICBase = nil
        }
    }

    /// Finishes the instruction of the last exit.
    ///
    /// - Returns: the next access of the same instruction, or nil if it has none.
    private mutating func finishInstruction() throws(EngineError) -> Exit? {
        guard cpu.isInstructionUnderWay, let next = nextAccess() else { return nil }
        return try handOut(next)
    }

    /// Finishes the instruction of the last exit. See ``Processor/completePendingAccess()``.
    public mutating func completePendingAccess() throws(EngineError) {
        if isInsideInstruction { throw .unfinishedInstruction }
        giveAnswers()
        guard cpu.isInstructionUnderWay else { return }
        forgetChangedCode()
        held = nextAccess()
        if held != nil { throw .unfinishedInstruction }
    }

    /// Discards decoded code if others have written to its memory.
    private func forgetChangedCode() {
        guard memory.hasUnseenWrites else { return }
        for page in memory.takeUnseenWrites() { cpu.codeChanged(inPage: page) }
    }
}

extension AccessSize {
    /// A size of 1, 2 or 4 bytes.
    fileprivate init(bytes: Int) {
        self = bytes == 1 ? .byte : bytes == 2 ? .word : .doubleword
    }
}
