internal import Engine
internal import GuestMemory
internal import Platform
internal import TraceFormat
internal import X86

/// The common part of every kind of replay: a machine, a place in a trace, and the way from one event to the next.
///
/// It compares every exit with the recorded one and answers it, and gives the guest its other inputs. It reaches
/// keyframes by executing or by restoring them, and reports which. Its owners draw the conclusions: a ``ReplaySession``
/// proves and counts, a ``Timeline`` stops at moments, and a ``BlankedReplay`` finds out which input matters.
struct ReplayCore<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var processor: P
    let reader: TraceReader
    var cursor: EventCursor
    var known: KnownState
    var pace: GuestPace
    var sequel: GuestSequel
    /// How many instructions the guest has executed since the last event, if the engine counts them.
    var instructions = InstructionsSinceEvent()
    /// The last events, for a report.
    var recent = RecentEvents()
    /// How often a landing may look at most whether the guest is there.
    var mostLooks = Int.max
    /// How many page-table entries differed from the recorded ones only in the Accessed or Dirty bit.
    var acceptedBits = 0

    /// Takes a processor with the trace's memory and profile, in any state.
    init(_ reader: TraceReader, processor: consuming P) {
        // An engine that counts instructions is a software engine.
        pace = GuestPace(processor.kicker, reader.header, isSoftware: processor.instructionsRetired != nil)
        known = KnownState(memoryLimit: reader.memoryLimit)
        sequel = GuestSequel(isUnikernel: reader.header.machine.board == BoardName.unikernel)
        cursor = reader.events()
        self.processor = processor
        self.reader = reader
    }

    /// The next event of the trace; nil after the last.
    mutating func nextEvent() throws(ReplayStop) -> RecordedEvent? {
        do { return try cursor.next() } catch { throw .error(.trace(error)) }
    }

    /// Brings the guest past an event. The guest must stand right after the previous event.
    ///
    /// - Parameter exit: the exit that the guest has made already, if the event is one.
    /// - Returns: how it reached a keyframe's state; nil for any other event.
    @discardableResult
    mutating func replay(
        _ recorded: RecordedEvent,
        landing: Landing,
        having exit: Exit? = nil
    ) throws(ReplayStop) -> Arrival? {
        if recorded.ordinal == reader.header.firstEvent { try checkBeginning(recorded) }
        try checkSequel(recorded)
        var arrival: Arrival?
        switch recorded.event {
        case .interrupt(let vector):
            try runToInput(recorded)
            try injectInterrupt(vector, recorded)
        case .nonMaskableInterrupt:
            try runToInput(recorded)
            try injectNonMaskable(recorded)
        case .deviceWrite(let address, let bytes):
            try runToInput(recorded)
            try write(bytes, at: address, recorded)
        case .deviceRead(let read):
            try runToInput(recorded)
            try compareDeviceRead(read, recorded)
        case .keyframe(let number, .synchronous): arrival = try compareState(keyframe: number, recorded)
        case .keyframe(let number, .asynchronous):
            arrival = try land(on: keyframe(number, recorded), recorded, landing)
        case .keyframe(let number, .reset): arrival = try reset(toKeyframe: number, recorded)
        case .end(let outcome):
            instructions.pass()
            try compareEnd(outcome, recorded)
        default: try replayExit(recorded, having: exit)
        }
        pace.meet(recorded)
        return arrival
    }

    private func checkBeginning(_ recorded: RecordedEvent) throws(ReplayStop) {
        guard recorded.event.kind == .keyframe else {
            throw .error(.inconsistent(recorded.ordinal, "the trace does not begin with a keyframe"))
        }
        if recorded.ordinal == EventOrdinal(0), case .keyframe(_, .reset) = recorded.event {
            throw .error(.inconsistent(recorded.ordinal, "the trace begins with a reset"))
        }
    }

    /// Applies a device's write to the guest's memory.
    private mutating func write(
        _ bytes: [UInt8],
        at address: GuestPhysicalAddress,
        _ recorded: RecordedEvent
    ) throws(ReplayStop) {
        try onEngine(processor.completePendingAccess())
        if let isMasked = AddressLine20.isMasked(by: address, bytes) {
            try onEngine(processor.maskAddressLine20(isMasked))
        } else {
            try onMemory(at: recorded.ordinal, processor.memory.write(bytes, at: address))
        }
    }
}
