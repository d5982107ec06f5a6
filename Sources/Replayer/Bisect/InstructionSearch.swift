public import Engine
internal import GuestMemory
public import TraceFormat
internal import X86

/// Finds the first instruction behind which an expression is true.
///
/// It executes the whole trace, and stops only where the expression may become true: in front of the instructions that it names
/// by RIP, or behind writes to the memory that its value depends on, page tables among it. Only if its value depends on other
/// registers, each instruction is executed alone. It is evaluated behind every event too.
public struct InstructionSearch<P: DebuggableProcessor & ~Copyable>: ~Copyable {
    private var debugger: Debugger<P>
    private let condition: Condition
    private let listing: CodeListing
    /// The values of RIP with which alone the expression can be true, if that follows from its form.
    private let pins: Set<UInt64>?
    /// What the value has depended on so far.
    private var dependencies: Set<WatchedMemory.Piece> = []
    /// How many instructions were executed alone.
    public private(set) var steps: UInt64 = 0

    /// More pieces of memory than this are not watched at the same time.
    private static var mostDependencies: Int { 4096 }

    /// Searches a trace with the given timeline, which it takes over.
    ///
    /// - Throws: `.cannotNote` if the engine does not count instructions.
    public init(_ timeline: consuming Timeline<P>, _ condition: Condition) throws(TimelineError) {
        guard timeline.counts else { throw .cannotNote }
        listing = try fromTrace(CodeListing(timeline.reader))
        debugger = Debugger(timeline)
        debugger.keepsCheckpoints = false
        debugger.stopsAtEvents = true
        self.condition = condition
        pins = condition.pins
    }

    /// See ``Timeline/missedLandings``.
    public var missedLandings: [EventOrdinal] { debugger.timeline.missedLandings }

    /// What has gone otherwise than asked for, one line each.
    public mutating func takeNotes() -> [String] { debugger.takeNotes() }

    /// What to do until the expression may have another value.
    private enum Way {
        case run
        case step
    }

    /// The first moment at which the expression is true; nil if there is none.
    public mutating func first() throws(TimelineError) -> MomentFinding? {
        try debugger.go(to: Moment(event: debugger.reader.header.firstEvent))
        guard var present = debugger.moment else { return nil }
        var (holds, way) = try look()
        if holds { return MomentFinding(moment: present) }
        while true {
            let stop = try go(by: way)
            guard let moment = debugger.moment else { return nil }
            if moment != present {
                (holds, way) = try look()
                if holds { return try finding(moment, after: present) }
                present = moment
            }
            if stop == .end { return nil }
        }
    }

    private mutating func go(by way: Way) throws(TimelineError) -> DebuggerStop {
        var limit: Moment?
        if way == .step, let present = debugger.moment {
            limit = Moment(event: present.event, instructions: present.instructions + 1)
            steps += 1
        }
        return try debugger.forward(to: limit, observing: true, passing: true) { false }
    }

    /// Evaluates the expression, and prepares the stops behind which it has to be evaluated again.
    private mutating func look() throws(TimelineError) -> (holds: Bool, Way) {
        var view = DependencyView(try debugger.view())
        let holds = try fromTrace(condition.isTrue(in: &view))
        if let pins {
            debugger.searchStops = SearchStops(offsets: pins)
            return (holds, .run)
        }
        view.reads = []
        guard try fromTrace(condition.isDecided(in: &view)) else {
            debugger.searchStops = SearchStops()
            debugger.watched = []
            return (holds, .step)
        }
        debugger.searchStops = SearchStops(atTableSwitches: condition.readsLinearMemory)
        if !view.reads.isSubset(of: dependencies) || debugger.watched.isEmpty {
            dependencies.formUnion(view.reads)
            if dependencies.count > Self.mostDependencies { dependencies = view.reads }
            let memory = WatchedMemory(Array(dependencies))
            debugger.watched = dependencies.isEmpty ? [] : [WatchedPlace(memory, includesReads: false)]
        }
        return (holds, .run)
    }

    /// Says what has led to a moment.
    private mutating func finding(_ moment: Moment, after earlier: Moment) throws(TimelineError) -> MomentFinding {
        debugger.stopsAtEvents = false
        let recorded = try fromTrace(debugger.reader.event(at: moment.event))
        if moment.instructions == 0, !recorded.event.kind.isExit {
            return MomentFinding(before: earlier, moment: moment, cause: .event(recorded))
        }
        guard try debugger.goBack(before: moment), let before = debugger.moment else {
            return MomentFinding(before: earlier, moment: moment, cause: .unknown)
        }
        if let delivery = try debugger.timeline.nextDelivery() {
            return MomentFinding(before: before, moment: moment, cause: .delivery(delivery.event))
        }
        let address = try debugger.state().instructionAddress
        let line = try debugger.timeline.line(at: address, listing)
        let cause: ChangeCause = moment.instructions == 0 ? .access(recorded, line) : .instruction(line)
        return MomentFinding(before: before, moment: moment, cause: cause)
    }
}
