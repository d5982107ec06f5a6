internal import Engine
internal import GuestMemory
internal import Platform
internal import TraceFormat
internal import X86

extension ReplayCore where P: ~Copyable {
    /// Runs to the next exit unless the guest has made it already, compares it with the recorded one, and answers it as
    /// recorded.
    mutating func replayExit(_ recorded: RecordedEvent, having made: Exit?) throws(ReplayStop) {
        var expected: String { recorded.event.expectedExit?.words ?? "an exit" }
        if let made, made != .kicked { return try accept(made, recorded) }
        if made == .kicked, pace.watch.hasExpired { throw stall(at: recorded, expected: expected) }
        try accept(runToExit(recorded, expected: expected), recorded)
    }

    /// Compares an exit with the recorded one, and answers it as recorded.
    mutating func accept(_ actual: Exit, _ recorded: RecordedEvent) throws(ReplayStop) {
        guard let expected = recorded.event.expectedExit else {
            throw .error(.inconsistent(recorded.ordinal, "an event of unknown kind"))
        }
        guard actual == expected else {
            throw divergence(at: recorded, expected: words(for: expected), actual: words(for: actual))
        }
        let rip = processor.exitRIP
        // After a shutdown, the processor's RIP is undefined.
        if rip != recorded.rip, expected != .tripleFault, try !isSameWrite(recorded, rip) {
            throw divergence(
                at: recorded,
                expected: "\(expected.words) at rip 0x\(String(recorded.rip, radix: 16))",
                actual: "the same at rip 0x\(String(rip, radix: 16))"
            )
        }
        try count(recorded)
        do { try answer(recorded.event) } catch { throw .error(.engine(error)) }
        sequel.note(recorded.event, of: processor)
    }

    /// An exit in words. For a unikernel's call, the words include its name.
    func words(for exit: Exit) -> String {
        guard sequel.isUnikernel, case .portWrite(let port, .doubleword, _) = exit,
            let call = Hypercall(port)
        else { return exit.words }
        return "\(exit.words): \(call.name)"
    }

    private mutating func answer(_ event: Event) throws(EngineError) {
        switch event {
        case .hiddenRead(let read):
            try processor.answerHiddenRead(
                value: read.value,
                auxiliary: read.auxiliary,
                succeeded: read.succeeded
            )
        case .portRead(let access): processor.answer(UInt64(access.value))
        case .memoryRead(let access): processor.answer(access.value)
        case .readMSR(_, let value?): processor.answer(value)
        case .readMSR(_, nil), .writeMSR(_, _, faults: true): processor.refuse()
        default: break
        }
    }

    /// Whether the recorded RIP and the present one lie before and after the instruction that has just written. Hosts
    /// differ in which of them they report. The instruction is known once it is complete.
    private mutating func isSameWrite(_ recorded: RecordedEvent, _ rip: UInt64) throws(ReplayStop) -> Bool {
        let (start, end) = (min(recorded.rip, rip), max(recorded.rip, rip))
        guard recorded.event.isWrite, end - start <= 15 else { return false }
        guard try finishesInstruction() else { return false }
        var state = try onEngine(processor.state())
        // Behind a write that has trapped, software stands at the handler, but its exit has said where the write ended.
        guard state.rip == end || rip == end else { return false }
        state.rip = start
        guard let instruction = processor.memory.instructions(at: state, limit: 1).first else { return false }
        return UInt64(instruction.bytes.count) == end - start && instruction.makes(recorded.event)
    }

    /// Finishes the last exit's instruction; false if the instruction has another access to make.
    private mutating func finishesInstruction() throws(ReplayStop) -> Bool {
        do throws(EngineError) {
            try processor.completePendingAccess()
            return true
        } catch .unfinishedInstruction {
            return false
        } catch {
            throw .error(.engine(error))
        }
    }

    /// Delivers a recorded interrupt if the guest is able to take it.
    ///
    /// This is known only once the last exit's instruction is complete, because the shadow of a preceding STI is over
    /// then.
    mutating func injectInterrupt(_ vector: UInt8, _ recorded: RecordedEvent) throws(ReplayStop) {
        _ = try finishesInstruction()
        guard processor.canTakeInterrupt else {
            throw divergence(
                at: recorded,
                expected: "interrupt 0x\(String(vector, radix: 16)) is taken here",
                actual: "the guest has interrupts disabled"
            )
        }
        try onEngine(processor.inject(vector: vector))
    }

    /// Delivers a recorded non-maskable interrupt if the guest is able to take it.
    mutating func injectNonMaskable(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard try onEngine(processor.canTakeNonMaskable()) else {
            throw divergence(
                at: recorded,
                expected: "a non-maskable interrupt is taken here",
                actual: "the guest has one to take already, or is in the handler of one"
            )
        }
        try onEngine(processor.injectNonMaskable())
    }
}

extension Event {
    /// Whether the guest gives something out with this exit.
    fileprivate var isWrite: Bool {
        switch self {
        case .portWrite, .memoryWrite, .writeMSR: true
        default: false
        }
    }
}

extension Instruction {
    /// Whether this kind of instruction makes such a write.
    fileprivate func makes(_ event: Event) -> Bool {
        switch event {
        case .portWrite: writesPort
        case .memoryWrite: writesMemory
        case .writeMSR: writesModelSpecific
        default: false
        }
    }
}
