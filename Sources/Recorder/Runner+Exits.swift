internal import Devices
internal import Engine
internal import GuestMemory
internal import Machine
internal import RecordedMachine
internal import TraceFormat
internal import X86

extension Runner where P: ~Copyable, B: ~Copyable, Sink: ~Copyable {
    /// Handles an access to a port or to memory that is not there, and tells the sink about it.
    ///
    /// - Returns: the outcome, if the exit ends the run.
    @inline(__always)
    mutating func handleAccess(_ exit: Exit) -> Outcome? {
        let (rip, boardTime) = begin(exit)
        var signal: BoardSignal?
        switch exit {
        case .portRead(let port, let size):
            let value = board.answerPort(port, size, now: boardTime)
            appendPortAccess(PortAccess(port: port, size: size, value: value), isWrite: false, rip: rip)
            processor.answer(UInt64(value))
        case .portWrite(let port, let size, let value):
            signal = board.writePort(port, size, value, now: boardTime)
            let access = PortAccess(port: port, size: size, value: value, isConsole: signal?.isConsole ?? false)
            appendPortAccess(access, isWrite: true, rip: rip)
        case .memoryRead(let address, let length):
            let value = board.answerMemory(address, length, now: boardTime)
            let access = MemoryAccess(address: address, length: length, value: value)
            appendExit(.memoryRead(access), rip: rip)
            processor.answer(value)
        case .memoryWrite(let address, let length, let value):
            signal = board.writeMemory(address, length, value, now: boardTime)
            let access = MemoryAccess(address: address, length: length, value: value)
            appendExit(.memoryWrite(access), rip: rip)
        default: break
        }
        if let signal, let outcome = ending(of: signal) { return outcome }
        return board.fault.map(Outcome.guestFault)
    }

    /// Notes that an exit has come. Returns where, and the board's time.
    @inline(__always)
    private mutating func begin(_ exit: Exit) -> (rip: UInt64, boardTime: MachineTime) {
        let rip = processor.exitRIP
        plan?.pass(exit, rip: rip)
        time.pass(exit)
        board.followTaskPriority(processor.taskPriority)
        position = exit.isSynchronous ? .synchronous : .asynchronous
        return (rip, time.board)
    }

    /// Handles an exit that is not an access, and tells the sink about it.
    ///
    /// - Parameter nanoseconds: how long the guest ran before the exit.
    /// - Returns: the outcome, if the exit ends the run.
    mutating func handle(_ exit: Exit, after nanoseconds: UInt64) throws(EngineError) -> Outcome? {
        let (rip, boardTime) = begin(exit)
        switch exit {
        case .portRead, .portWrite, .memoryRead, .memoryWrite: break
        case .readMSR(let index):
            let value = board.readMSR(index, now: boardTime)
            appendExit(.readMSR(index: index, value: value), rip: rip)
            if let value { processor.answer(value) } else { processor.refuse() }
        case .writeMSR(let index, let value):
            let isAccepted = board.writeMSR(index, value, now: boardTime)
            appendExit(.writeMSR(index: index, value: value, faults: !isAccepted), rip: rip)
            if !isAccepted { processor.refuse() }
        case .hiddenRead(let instruction):
            let value = board.readHidden(instruction, randomness: UInt64.random(in: .min ... .max), now: boardTime)
            let read = HiddenRead(instruction: instruction, value: value)
            appendExit(.hiddenRead(read), rip: rip)
            try processor.answerHiddenRead(value: value, auxiliary: read.auxiliary, succeeded: read.succeeded)
        case .halt:
            appendExit(.halt, rip: rip)
            guard B.canInterrupt, try waitForInterrupt() else { return .halted }
            interrupts.wake()
        case .tripleFault:
            return .tripleFault
        case .kicked:
            // A kick that finds nothing to do changes nothing in the guest, so it is not an event. The alarm that
            // caused it is used up.
            interrupts.alarmIsSpent()
            plan?.releaseNaturally()
            if time.isVirtual, let deadline = board.nextDeadline {
                // With a plan, time passes according to what the guest does, and not according to how long it took.
                let reached = boardTime.advanced(byNanoseconds: nanoseconds)
                time.skip(to: plan == nil ? min(reached, deadline) : deadline)
            }
        case .interruptWindow, .debug: break
        case .emulationFailure:
            return try processor.describeEmulationFailure()
        case .hostLimit(let limit):
            return .hostLimit("\(limit)")
        }
        return board.fault.map(Outcome.guestFault)
    }

    /// Shows bytes that the guest wrote together. It shows all of them, as a replay does, even if the guest is stopped
    /// at a text in the middle.
    private mutating func show(_ bytes: [UInt8]) -> Outcome? {
        var outcome: Outcome?
        for byte in bytes {
            let reason = terminal.show(byte, at: time.now)
            outcome = outcome ?? reason.map(Outcome.stopped)
        }
        return outcome
    }

    /// Tells the sink what devices have written to guest memory, because a replay has no devices. It also reports the
    /// output that the guest gave through memory.
    mutating func appendDeviceAccesses() throws(EngineError) {
        // An instruction with further accesses has to finish first. Until then there is no state to write into.
        guard !processor.isInsideInstruction, try finishesInstruction() else { return }
        for access in board.takeDeviceAccesses() {
            switch access {
            case .write(let write):
                appendInput(.deviceWrite(address: write.address, bytes: write.bytes))
                if let isMasked = AddressLine20.isMasked(by: write.address, write.bytes) {
                    try processor.maskAddressLine20(isMasked)
                }
            case .read(let output): appendInput(.deviceRead(DeviceRead(output)))
            }
        }
    }

    /// Converts a board's signal to an outcome of the run. It shows the byte if the signal is console output.
    private mutating func ending(of signal: BoardSignal) -> Outcome? {
        switch signal {
        case .console(let byte): return terminal.show(byte, at: time.now).map(Outcome.stopped)
        case .text(let bytes): return show(bytes)
        case .wait(let deadline): wait(until: deadline)
        case .exit(let code): return .exited(code: code)
        case .reset: return .reset
        case .powerOff: return .poweredOff
        }
        return nil
    }
}
