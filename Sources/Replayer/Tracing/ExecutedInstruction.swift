internal import Engine
public import TraceFormat
public import X86

/// One instruction that the guest has executed, or one interrupt that it has taken.
public struct ExecutedInstruction: Sendable {
    /// A register that it has changed.
    public struct Change: Hashable, Sendable {
        /// Its name, as in ``ProcessorState/fields``.
        public var register: String
        /// Its value afterwards, in hexadecimal.
        public var value: String
    }

    /// The moment before it.
    public var moment: Moment
    /// Linear address of the instruction; for an interrupt, of the one that comes after its handler.
    public var address: GuestVirtualAddress
    /// The instruction; nil for an interrupt, and if the guest's code cannot be read there.
    public var line: CodeListing.Line?
    /// The interrupt that was taken.
    public var delivery: RecordedEvent?
    /// What it has changed of the general registers, flags, control registers and segments. RIP is left out.
    public var changes: [Change]
    /// The exceptions that it has raised.
    public var exceptions: [ControlTransfer] = []
}

extension Debugger where P: ~Copyable {
    /// Executes one instruction, or lets the guest take an interrupt, and goes on to the next settled moment.
    ///
    /// - Returns: nil if the trace ends here.
    public mutating func executeNext(_ listing: CodeListing) throws(TimelineError) -> ExecutedInstruction? {
        guard let moment else { return nil }
        let before = try executionState()
        let delivery = try timeline.nextDelivery()
        var view = LiveView(state: before, memory: timeline.memory)
        let address = before.instructionAddress
        let line = delivery == nil ? try fromTrace(listing.lines(at: address, in: &view, limit: 1)).first : nil
        transfers = TransferNotes(wanted: .exceptions)
        let stop = try step()
        guard stop != .end else { return nil }
        return ExecutedInstruction(
            moment: moment,
            address: address,
            line: line,
            delivery: delivery?.event,
            changes: Self.changes(from: before, to: try executionState()),
            exceptions: transfers.taken
        )
    }

    mutating func executionState() throws(TimelineError) -> ProcessorState {
        try timeline.attempt { core throws(ReplayStop) in try onEngine(core.processor.executionState()) }
    }

    private static func changes(from before: ProcessorState, to after: ProcessorState) -> [ExecutedInstruction.Change] {
        var changes: [ExecutedInstruction.Change] = []
        func add(_ name: String, _ old: UInt64, _ new: UInt64) {
            guard old != new else { return }
            changes.append(ExecutedInstruction.Change(register: name, value: "0x" + String(new, radix: 16)))
        }
        for register in GeneralRegister.allCases { add("\(register)", before[register], after[register]) }
        add("rflags", before.rflags, after.rflags)
        // Most instructions change nothing else, and to name all fields of a state takes a hundred times as long.
        guard before.control != after.control || before.segments != after.segments else { return changes }
        var rest = before
        for register in GeneralRegister.allCases { rest[register] = after[register] }
        (rest.rip, rest.rflags, rest.pending) = (after.rip, after.rflags, after.pending)
        return changes
            + rest.differences(to: after).map { ExecutedInstruction.Change(register: $0.field, value: $0.actual) }
    }
}
