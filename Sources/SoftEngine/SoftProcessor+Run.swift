public import Engine
internal import GuestMemory
internal import SoftCPU
internal import X86

extension SoftProcessor {
    /// Instructions between two looks at what others want: a fraction of a millisecond.
    private static var stretch: UInt64 { 1 << 16 }

    /// Executes until the next exit, or hands out the next access of the last one's instruction.
    public mutating func run() throws(EngineError) -> Exit {
        while true {
            if let exit = try run(upTo: .max) { return exit }
        }
    }

    /// Executes until the next exit, but no further than to a count of ``instructionsRetired``.
    public mutating func run(upTo count: UInt64) throws(EngineError) -> Exit? {
        if let next = held {
            held = nil
            return try handOut(next)
        }
        forgetChangedCode()
        writeRIP = nil
        if stopsForKick, kicks.take() { return .kicked }
        giveAnswers()
        if isStepping || hasEvents {
            if let exit = try finishInstruction() { return exit }
            if hasEvents {
                deliverEvents()
                if isStepping { return .debug }
            }
        }
        if isStepping { return try executeOne() }
        return try execute(upTo: count)
    }

    private mutating func execute(upTo count: UInt64) throws(EngineError) -> Exit? {
        while true {
            if wantsInterruptWindow, canTakeInterrupt { return .interruptWindow }
            let executed = cpu.executed
            guard executed < count else { return nil }
            let exit = cpu.run(upTo: Int(min(Self.stretch, count - executed)))
            switch exit {
            case .limit: if stopsForKick, kicks.take() { return .kicked }
            case .interruptWindow where keepsStringsWhole && isAmongElements: continue
            default: return try handOut(exit)
            }
        }
    }

    private mutating func executeOne() throws(EngineError) -> Exit {
        var exit = cpu.run(upTo: 1)
        // The step begins at a breakpoint, which the processor passes the second time.
        if exit == .stopped { exit = cpu.run(upTo: 1) }
        switch exit {
        case .limit, .interruptWindow: return .debug
        default: return try handOut(exit)
        }
    }

    /// Whether it may stop where it stands: not between the elements of a string that is kept whole.
    private var stopsForKick: Bool { !(keepsStringsWhole && isAmongElements) }

    /// Lets repeated INS and OUTS be finished before anything else: see ``Processor/keepStringsWhole()``.
    public mutating func keepStringsWhole() { keepsStringsWhole = true }

    /// Whether ``run()`` would hand out another access of the same instruction before executing anything.
    public var isInsideInstruction: Bool { held != nil || keepsStringsWhole && isAmongElements }

    // MARK: Exits

    /// The engine's word for an exit, and what it asks of the driver.
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

    /// Brings a write's instruction to its end: what is written may be the instruction itself, which cannot begin again then.
    private mutating func finishWrite() {
        let isUnderWay = cpu.isInstructionUnderWay
        held = nextAccess()
        if held == nil, isUnderWay { writeRIP = cpu.endOfInstruction }
    }

    /// Brings the instruction under way to its end, or to its next access.
    private func nextAccess() -> SoftExit? {
        let count = cpu.isInstructionUnderWay ? 1 : 0
        var exit = cpu.run(upTo: count)
        // A breakpoint at the instruction, which the processor passes the second time.
        if exit == .stopped { exit = cpu.run(upTo: count) }
        return exit == .limit || exit == .interruptWindow ? nil : exit
    }

    /// Answers the pending read: the value's low bytes, as many as were asked for.
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

    /// Gives what the last exit asks for and nobody gave: zeros, and that a write is done.
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
    /// - Returns: the next access of the same instruction, if it has one to make.
    private mutating func finishInstruction() throws(EngineError) -> Exit? {
        guard cpu.isInstructionUnderWay, let next = nextAccess() else { return nil }
        return try handOut(next)
    }

    /// Finishes the instruction of the last exit; see ``Processor/completePendingAccess()``.
    public mutating func completePendingAccess() throws(EngineError) {
        if isInsideInstruction { throw .unfinishedInstruction }
        giveAnswers()
        guard cpu.isInstructionUnderWay else { return }
        forgetChangedCode()
        held = nextAccess()
        if held != nil { throw .unfinishedInstruction }
    }

    /// Forgets code that was decoded from memory which others have written.
    private func forgetChangedCode() {
        guard memory.hasUnseenWrites else { return }
        for page in memory.takeUnseenWrites() { cpu.codeChanged(inPage: page) }
    }
}

extension AccessSize {
    /// Of 1, 2 or 4 bytes.
    fileprivate init(bytes: Int) {
        self = bytes == 1 ? .byte : bytes == 2 ? .word : .doubleword
    }
}
