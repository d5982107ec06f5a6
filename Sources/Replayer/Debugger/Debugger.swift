public import Engine
public import TraceFormat
public import X86

/// Runs a recorded guest forwards and backwards between breakpoints and watched memory.
///
/// Nothing of this is visible to the guest, and everything is compared with the trace on the way, as in any replay.
///
/// A debugger stops at *settled* moments: right before the guest executes something. Events that come between two
/// instructions (a device's write, the injection of an interrupt, a keyframe) are behind it then.
public struct Debugger<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    var timeline: Timeline<P>
    /// The checkpoints of the epoch in which the guest stands; nil before the first ``go(to:isInterrupted:)``.
    var chain: CheckpointChain?
    /// Where the guest left the recording because somebody changed it; nil if it has not.
    public internal(set) var diversion: Moment?
    /// How many instructions the guest executes between an event and the next. Before an exit whose instruction has not
    /// been looked at this is one too many where the engine counts that instruction too.
    var lengths: [EventOrdinal: StretchLength] = [:]
    /// Linear addresses of instructions in front of which the guest stops.
    public var breakpoints: Set<GuestVirtualAddress> = []
    /// Memory whose accesses stop the guest.
    public var watched: [WatchedPlace] = []
    /// Whether ``breakpoints`` and ``watched`` stop the guest now.
    var isObserving = false
    /// The bytes of ``watched``, on an engine that does not notice accesses.
    var snapshot: [[UInt8]] = []
    /// The access that stopped the guest last, if it was the guest's own and the engine noticed it.
    public internal(set) var lastHit: WatchHit?
    /// Which calls and interruptions are noted, and who is told of them.
    var transfers = TransferNotes()
    /// Where the guest stops besides, while ``breakpoints`` stop it.
    var searchStops = SearchStops()
    /// Whether the guest stops at each event, and in front of each event that comes without its executing anything.
    var stopsAtEvents = false
    /// Whether checkpoints are made on the way, for going back.
    public var keepsCheckpoints = true
    /// What has gone otherwise than asked for since the last call of ``takeNotes()``, one line each.
    var notes: [String] = []

    /// Calls and interruptions on their way to whoever asked for them.
    struct TransferNotes {
        /// Those that are wanted.
        var wanted: TransferSet = []
        /// Whether the engine notes any.
        var arePossible = false
        /// Takes each, with the moment behind it; nil if they are collected in ``taken``.
        var take: ((Moment, ControlTransfer) -> Void)?
        var taken: [ControlTransfer] = []
    }

    /// How long a stretch is.
    struct StretchLength {
        var instructions: UInt64
        /// Whether it is known to be that long, and not one less.
        var isExact: Bool
    }

    /// Debugs with a timeline, which it takes over.
    public init(_ timeline: consuming Timeline<P>) { self.timeline = timeline }

    /// The trace.
    public var reader: TraceReader { timeline.reader }

    /// Where the guest stands; nil before the first ``go(to:isInterrupted:)``.
    public var moment: Moment? { timeline.moment }

    /// A view of the guest.
    public mutating func view() throws(TimelineError) -> LiveView { try timeline.view() }

    /// The processor's state.
    public mutating func state() throws(TimelineError) -> ProcessorState { try timeline.state() }

    /// Whether the engine counts instructions, and so goes to a moment without stepping.
    var counts: Bool { timeline.counts }

    /// Whether the engine notices reads of watched memory, and not only changes.
    public var watchesReads: Bool { counts }

    /// Takes the notes.
    public mutating func takeNotes() -> [String] {
        defer { notes = [] }
        return notes
    }

    /// Goes to a moment that the trace has.
    ///
    /// - Throws: `.noSuchMoment` if fewer instructions lie before the next event.
    public mutating func go(to target: Moment, isInterrupted: () -> Bool = { false }) throws(TimelineError) {
        diversion = nil
        _ = try recovering { debugger throws(TimelineError) in
            let stop = try debugger.travel(to: target, isInterrupted: isInterrupted)
            guard stop == .reached || stop == .interrupted else {
                debugger.timeline.moment = nil
                throw .noSuchMoment("there is no moment \(target): the next event comes before it")
            }
            return stop
        }
    }

    /// Executes one instruction, or lets the guest take the interrupt that it was given.
    public mutating func step() throws(TimelineError) -> DebuggerStop {
        if diversion != nil { return try runDiverted(instructions: 1) { false } }
        return try recovering { debugger throws(TimelineError) in try debugger.stepAndSettle() }
    }

    /// Runs to the next stop.
    public mutating func run(isInterrupted: () -> Bool) throws(TimelineError) -> DebuggerStop {
        if diversion != nil { return try runDiverted(isInterrupted: isInterrupted) }
        return try recovering { debugger throws(TimelineError) in
            try debugger.forward(to: nil, observing: true, passing: true, isInterrupted: isInterrupted)
        }
    }

    /// Goes back over one instruction.
    public mutating func stepBack() throws(TimelineError) -> DebuggerStop {
        guard diversion == nil else { throw .cannotGoBack }
        return try recovering { debugger throws(TimelineError) in
            guard let present = debugger.moment else { return .beginning }
            return try debugger.goBack(before: present) ? .stepped : .beginning
        }
    }

    /// Runs back to the last stop before the present moment.
    public mutating func runBack(isInterrupted: () -> Bool) throws(TimelineError) -> DebuggerStop {
        guard diversion == nil else { throw .cannotGoBack }
        return try recovering { debugger throws(TimelineError) in try debugger.backward(isInterrupted: isInterrupted) }
    }

    /// Does something, and goes back to where the guest stood if that fails.
    mutating func recovering(
        _ body: (inout Self) throws(TimelineError) -> DebuggerStop
    ) throws(TimelineError) -> DebuggerStop {
        let origin = moment
        do {
            return try body(&self)
        } catch {
            if moment == nil, let origin {
                chain = nil
                _ = try? travel(to: origin) { false }
            }
            throw error
        }
    }
}
